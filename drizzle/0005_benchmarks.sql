CREATE TABLE "benchmark_results" (
	"id" text PRIMARY KEY NOT NULL,
	"benchmark_id" text NOT NULL,
	"run_id" text,
	"model_id" text NOT NULL,
	"frozen_dtype" text NOT NULL,
	"step" integer NOT NULL,
	"trained_rows" integer,
	"loss_sums" "bytea" NOT NULL,
	"label_tokens" "bytea" NOT NULL,
	"is_right" "bytea",
	"is_right_per_byte" "bytea",
	"answers" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "benchmarks" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"is_general" boolean NOT NULL,
	"rows" jsonb NOT NULL,
	"task" jsonb NOT NULL,
	"data_name" text NOT NULL,
	"num_rows" integer NOT NULL,
	"rows_hash" text NOT NULL,
	"row_numbers" "bytea" NOT NULL,
	"domains" jsonb NOT NULL,
	"domain_of" "bytea" NOT NULL,
	"texts" jsonb NOT NULL,
	"right_answers" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "benchmark_results" ADD CONSTRAINT "benchmark_results_benchmark_id_benchmarks_id_fk" FOREIGN KEY ("benchmark_id") REFERENCES "public"."benchmarks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "benchmark_results" ADD CONSTRAINT "benchmark_results_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "benchmark_results_run" ON "benchmark_results" USING btree ("benchmark_id","run_id") WHERE "benchmark_results"."run_id" IS NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "benchmark_results_base" ON "benchmark_results" USING btree ("benchmark_id","model_id","frozen_dtype") WHERE "benchmark_results"."run_id" IS NULL;--> statement-breakpoint
CREATE INDEX "benchmark_results_of_run" ON "benchmark_results" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "benchmarks_created_at" ON "benchmarks" USING btree ("created_at");
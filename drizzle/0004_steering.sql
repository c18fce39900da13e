CREATE TABLE "generations" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"request" jsonb NOT NULL,
	"generated" jsonb NOT NULL,
	"prompt" text NOT NULL,
	"edits_on" integer NOT NULL,
	"is_forced" boolean NOT NULL,
	"arms" jsonb NOT NULL,
	"searched" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "saved_edits" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"name" text NOT NULL,
	"note" text NOT NULL,
	"edits" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "saved_edits_name" UNIQUE("run_id","name")
);
--> statement-breakpoint
CREATE TABLE "studies" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"request" jsonb NOT NULL,
	"result" jsonb,
	"task_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "derived_from" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "baked_edits" jsonb;--> statement-breakpoint
ALTER TABLE "generations" ADD CONSTRAINT "generations_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_edits" ADD CONSTRAINT "saved_edits_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "studies" ADD CONSTRAINT "studies_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "generations_run" ON "generations" USING btree ("run_id","created_at");--> statement-breakpoint
CREATE INDEX "studies_run" ON "studies" USING btree ("run_id","created_at");--> statement-breakpoint
ALTER TABLE "runs" ADD CONSTRAINT "runs_derived_from_runs_id_fk" FOREIGN KEY ("derived_from") REFERENCES "public"."runs"("id") ON DELETE set null ON UPDATE no action;
CREATE TABLE "collection_tokens" (
	"collection_id" text NOT NULL,
	"hash" integer NOT NULL,
	"text" text NOT NULL,
	CONSTRAINT "collection_tokens_collection_id_hash_text_pk" PRIMARY KEY("collection_id","hash","text")
);
--> statement-breakpoint
CREATE TABLE "collections" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"name" text NOT NULL,
	"settings" jsonb NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"error" text,
	"step" integer NOT NULL,
	"tokens" bigint DEFAULT 0 NOT NULL,
	"max_tokens" bigint NOT NULL,
	"contexts" integer DEFAULT 0 NOT NULL,
	"domains" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"modules" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"k" integer DEFAULT 0 NOT NULL,
	"num_latents" integer DEFAULT 0 NOT NULL,
	"seconds" double precision,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "contexts" (
	"collection_id" text NOT NULL,
	"context" integer NOT NULL,
	"row" integer NOT NULL,
	"domain" smallint,
	"token_ids" integer[] NOT NULL,
	"texts" text[] NOT NULL,
	CONSTRAINT "contexts_collection_id_context_pk" PRIMARY KEY("collection_id","context")
) PARTITION BY LIST ("collection_id");
--> statement-breakpoint
CREATE TABLE "examples" (
	"collection_id" text NOT NULL,
	"module" smallint NOT NULL,
	"index" integer NOT NULL,
	"packed" "bytea" NOT NULL,
	CONSTRAINT "examples_collection_id_module_index_pk" PRIMARY KEY("collection_id","module","index")
) PARTITION BY LIST ("collection_id");
--> statement-breakpoint
CREATE TABLE "latent_details" (
	"collection_id" text NOT NULL,
	"module" smallint NOT NULL,
	"index" integer NOT NULL,
	"domain_counts" integer[] NOT NULL,
	"top_tokens" jsonb NOT NULL,
	"histogram" "bytea" NOT NULL,
	CONSTRAINT "latent_details_collection_id_module_index_pk" PRIMARY KEY("collection_id","module","index")
) PARTITION BY LIST ("collection_id");
--> statement-breakpoint
CREATE TABLE "latents" (
	"collection_id" text NOT NULL,
	"module" smallint NOT NULL,
	"index" integer NOT NULL,
	"fire_count" integer NOT NULL,
	"mean_activation" double precision,
	"max_activation" double precision,
	"min_activation" double precision,
	"selectivity" double precision,
	"top_domain" smallint,
	"token_hashes" integer[] NOT NULL,
	CONSTRAINT "latents_collection_id_module_index_pk" PRIMARY KEY("collection_id","module","index")
) PARTITION BY LIST ("collection_id");
--> statement-breakpoint
CREATE TABLE "data_sets" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"path" text NOT NULL,
	"format" text NOT NULL,
	"rows" integer NOT NULL,
	"size_bytes" bigint NOT NULL,
	"columns" jsonb NOT NULL,
	"mapping" jsonb,
	"domains" jsonb NOT NULL,
	"splits" jsonb NOT NULL,
	"licence" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "models" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"architecture" text NOT NULL,
	"format" text NOT NULL,
	"path" text NOT NULL,
	"revision" text NOT NULL,
	"parameters" bigint NOT NULL,
	"size_bytes" bigint NOT NULL,
	"num_layers" integer NOT NULL,
	"d_model" integer NOT NULL,
	"vocab" integer NOT NULL,
	"context_length" integer NOT NULL,
	"has_chat_template" boolean NOT NULL,
	"projections" jsonb NOT NULL,
	"default_targets" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "checkpoints" (
	"run_id" text NOT NULL,
	"step" integer NOT NULL,
	"folder" text NOT NULL,
	"size_bytes" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "checkpoints_run_id_step_pk" PRIMARY KEY("run_id","step")
);
--> statement-breakpoint
CREATE TABLE "run_evaluations" (
	"run_id" text NOT NULL,
	"step" integer NOT NULL,
	"loss" double precision NOT NULL,
	"base_loss" double precision NOT NULL,
	"rows" integer NOT NULL,
	"label_tokens" bigint NOT NULL,
	"difference" double precision NOT NULL,
	"difference_half_width" double precision,
	"by_domain" jsonb NOT NULL,
	CONSTRAINT "run_evaluations_run_id_step_pk" PRIMARY KEY("run_id","step")
);
--> statement-breakpoint
CREATE TABLE "run_health" (
	"run_id" text NOT NULL,
	"step" integer NOT NULL,
	"window_tokens" bigint NOT NULL,
	"num_latents" integer NOT NULL,
	"alive" integer NOT NULL,
	"births" integer NOT NULL,
	"deaths" integer NOT NULL,
	"density_histogram" integer[] NOT NULL,
	CONSTRAINT "run_health_run_id_step_pk" PRIMARY KEY("run_id","step")
);
--> statement-breakpoint
CREATE TABLE "run_log" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"step" integer NOT NULL,
	"level" text NOT NULL,
	"message" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_metrics" (
	"run_id" text NOT NULL,
	"step" integer NOT NULL,
	"loss" double precision NOT NULL,
	"grad_norm" double precision NOT NULL,
	"learning_rate" double precision NOT NULL,
	"tokens" bigint NOT NULL,
	"label_tokens" bigint NOT NULL,
	"seconds" double precision NOT NULL,
	CONSTRAINT "run_metrics_run_id_step_pk" PRIMARY KEY("run_id","step")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"group" text,
	"method" text NOT NULL,
	"model_id" text,
	"model_name" text NOT NULL,
	"data_set_id" text,
	"data_name" text NOT NULL,
	"seed" integer NOT NULL,
	"config" jsonb NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"request" text,
	"error" text,
	"step" integer DEFAULT 0 NOT NULL,
	"steps" integer NOT NULL,
	"seconds_left" double precision,
	"checkpoint_step" integer,
	"latest_evaluation" jsonb,
	"cost" jsonb,
	"provenance" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"kind" text NOT NULL,
	"work_id" text NOT NULL,
	"worker_id" text NOT NULL,
	"attempt" integer DEFAULT 1 NOT NULL,
	"until" timestamp with time zone NOT NULL,
	CONSTRAINT "leases_kind_work_id_pk" PRIMARY KEY("kind","work_id")
);
--> statement-breakpoint
CREATE TABLE "tasks" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"input" jsonb NOT NULL,
	"is_cancel_asked" boolean DEFAULT false NOT NULL,
	"done" double precision DEFAULT 0 NOT NULL,
	"total" double precision,
	"unit" text NOT NULL,
	"message" text DEFAULT '' NOT NULL,
	"error" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "workers" (
	"id" text PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"address" text NOT NULL,
	"secret" text NOT NULL,
	"device" text NOT NULL,
	"backend" text NOT NULL,
	"version" text NOT NULL,
	"memory_bytes" bigint DEFAULT 0 NOT NULL,
	"loaded_models" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"doing" text,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"heartbeat_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "collection_tokens" ADD CONSTRAINT "collection_tokens_collection_id_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "collections" ADD CONSTRAINT "collections_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_evaluations" ADD CONSTRAINT "run_evaluations_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_health" ADD CONSTRAINT "run_health_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_log" ADD CONSTRAINT "run_log_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_metrics" ADD CONSTRAINT "run_metrics_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "collections_run" ON "collections" USING btree ("run_id","created_at");--> statement-breakpoint
CREATE INDEX "run_log_run" ON "run_log" USING btree ("run_id","id");--> statement-breakpoint
CREATE INDEX "runs_created_at" ON "runs" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "runs_group" ON "runs" USING btree ("group");--> statement-breakpoint
CREATE INDEX "tasks_created_at" ON "tasks" USING btree ("created_at");
CREATE TABLE "collection_shards" (
	"collection_id" text NOT NULL,
	"shard" integer NOT NULL,
	"tokens" bigint NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	CONSTRAINT "collection_shards_collection_id_shard_pk" PRIMARY KEY("collection_id","shard")
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
CREATE TABLE "latent_columns" (
	"collection_id" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"values" "bytea" NOT NULL,
	"order" "bytea",
	"present" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "latent_columns_collection_id_name_pk" PRIMARY KEY("collection_id","name")
);
--> statement-breakpoint
CREATE TABLE "latents" (
	"collection_id" text NOT NULL,
	"module" smallint NOT NULL,
	"index" integer NOT NULL,
	"fire_count" integer NOT NULL,
	"mean_activation" double precision,
	"mean_square" double precision,
	"skewness" double precision,
	"max_activation" double precision,
	"min_activation" double precision,
	"output_share" double precision,
	"decoder_norm" double precision,
	"attribution" double precision,
	"attribution_count" integer NOT NULL,
	"selectivity" double precision,
	"selectivity_low" double precision,
	"selectivity_high" double precision,
	"top_domain" smallint,
	"born_at_step" integer,
	"died_at_step" integer,
	"domain_counts" integer[] NOT NULL,
	"top_tokens" "bytea" NOT NULL,
	"next_tokens" "bytea" NOT NULL,
	"histogram" "bytea" NOT NULL,
	"related_decoder" "bytea" NOT NULL,
	"related_encoder" "bytea" NOT NULL,
	"fires_with" "bytea" NOT NULL,
	"logit_effect" "bytea",
	"training_density" "bytea",
	"quiet" integer[] NOT NULL,
	CONSTRAINT "latents_collection_id_module_index_pk" PRIMARY KEY("collection_id","module","index")
) PARTITION BY LIST ("collection_id");
--> statement-breakpoint
CREATE TABLE "effects" (
	"collection_id" text NOT NULL,
	"module" smallint NOT NULL,
	"index" integer NOT NULL,
	"operation" text NOT NULL,
	"effect" jsonb NOT NULL,
	"per_firing" double precision NOT NULL,
	"half_width" double precision NOT NULL,
	"control_per_firing" double precision,
	"control_half_width" double precision,
	"revision" bigint NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "effects_collection_id_module_index_operation_pk" PRIMARY KEY("collection_id","module","index","operation")
);
--> statement-breakpoint
CREATE TABLE "labels" (
	"subject_id" text NOT NULL,
	"module" text NOT NULL,
	"index" integer NOT NULL,
	"text" text NOT NULL,
	"note" text NOT NULL,
	"source" text NOT NULL,
	"score" jsonb,
	"revision" bigint NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "labels_subject_id_module_index_pk" PRIMARY KEY("subject_id","module","index")
);
--> statement-breakpoint
CREATE TABLE "revisions" (
	"key" text PRIMARY KEY NOT NULL,
	"revision" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "collections" ALTER COLUMN "run_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "collections" ADD COLUMN "origin" jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "collections" ADD COLUMN "stage" text;--> statement-breakpoint
ALTER TABLE "collections" ADD COLUMN "shards" jsonb DEFAULT '{"done":0,"total":0}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "collections" ADD COLUMN "co_firing_sampled" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "collections" ADD COLUMN "probes" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "collections" ADD COLUMN "training_steps" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "collection_shards" ADD CONSTRAINT "collection_shards_collection_id_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "latent_columns" ADD CONSTRAINT "latent_columns_collection_id_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "effects" ADD CONSTRAINT "effects_collection_id_collections_id_fk" FOREIGN KEY ("collection_id") REFERENCES "public"."collections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "effects_revision" ON "effects" USING btree ("collection_id","revision");--> statement-breakpoint
CREATE INDEX "labels_revision" ON "labels" USING btree ("subject_id","revision");--> statement-breakpoint
-- Packed numbers hardly compress, and are read whole: kept out of line as they are.
ALTER TABLE "latent_columns" ALTER COLUMN "values" SET STORAGE EXTERNAL;--> statement-breakpoint
ALTER TABLE "latent_columns" ALTER COLUMN "order" SET STORAGE EXTERNAL;

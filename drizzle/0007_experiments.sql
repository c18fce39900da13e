CREATE TABLE "experiment_trials" (
	"experiment_id" text NOT NULL,
	"stage" text NOT NULL,
	"arm" integer NOT NULL,
	"trial" integer NOT NULL,
	"adapter" jsonb NOT NULL,
	"learning_rate" double precision NOT NULL,
	"seed" integer NOT NULL,
	"steps" integer,
	"run_id" text,
	"stopped_at_step" integer,
	"task_id" text,
	CONSTRAINT "experiment_trials_experiment_id_stage_arm_trial_pk" PRIMARY KEY("experiment_id","stage","arm","trial"),
	CONSTRAINT "experiment_trials_run" UNIQUE("run_id")
);
--> statement-breakpoint
CREATE TABLE "experiments" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"request" jsonb NOT NULL,
	"estimate" jsonb NOT NULL,
	"model_name" text NOT NULL,
	"data_name" text NOT NULL,
	"status" text DEFAULT 'running' NOT NULL,
	"stage" text NOT NULL,
	"error" text,
	"choices" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "experiment" jsonb;--> statement-breakpoint
ALTER TABLE "experiment_trials" ADD CONSTRAINT "experiment_trials_experiment_id_experiments_id_fk" FOREIGN KEY ("experiment_id") REFERENCES "public"."experiments"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "experiments_created_at" ON "experiments" USING btree ("created_at");
CREATE TABLE "detections" (
	"id" text PRIMARY KEY NOT NULL,
	"run_id" text NOT NULL,
	"data_name" text NOT NULL,
	"request" jsonb NOT NULL,
	"concepts" jsonb,
	"task_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "detections" ADD CONSTRAINT "detections_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "detections_run" ON "detections" USING btree ("run_id","created_at");
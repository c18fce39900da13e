-- The queue that stood beside the rows is gone: rows and leases say all.
DROP SCHEMA IF EXISTS pgboss CASCADE;--> statement-breakpoint
CREATE TABLE "started_requests" (
	"key" text PRIMARY KEY NOT NULL,
	"request" text NOT NULL,
	"answer" jsonb,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "leases" ALTER COLUMN "worker_id" DROP NOT NULL;--> statement-breakpoint
CREATE INDEX "leases_worker_id" ON "leases" USING btree ("worker_id");--> statement-breakpoint
ALTER TABLE "leases" DROP COLUMN "attempt";--> statement-breakpoint
ALTER TABLE "leases" ADD COLUMN "deaths" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "leases" ADD COLUMN "last_death" text;
ALTER TABLE "detections" ADD COLUMN "probes" jsonb;--> statement-breakpoint
-- Detections of before asked for none.
UPDATE "detections" SET "request" = "request" || '{"probe": false}';

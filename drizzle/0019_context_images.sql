ALTER TABLE "contexts" ADD COLUMN "leading" integer;--> statement-breakpoint
ALTER TABLE "contexts" ADD COLUMN "answer" text;--> statement-breakpoint
ALTER TABLE "contexts" ADD COLUMN "image" "bytea";
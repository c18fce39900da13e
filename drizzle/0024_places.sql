ALTER TABLE "contexts" ADD COLUMN "clean" "bytea";--> statement-breakpoint
ALTER TABLE "latents" ADD COLUMN "place_counts" integer[];
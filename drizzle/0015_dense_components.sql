ALTER TABLE "latents" ADD COLUMN "weight_norm" double precision;--> statement-breakpoint
ALTER TABLE "latents" ADD COLUMN "positive_tail" "bytea";--> statement-breakpoint
ALTER TABLE "latents" ADD COLUMN "negative_tail" "bytea";--> statement-breakpoint
ALTER TABLE "latents" ADD COLUMN "spectrum" "bytea";
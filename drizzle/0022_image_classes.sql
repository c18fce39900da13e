ALTER TABLE "collections" ADD COLUMN "classes" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "latents" ADD COLUMN "domain_rows" integer[];--> statement-breakpoint
ALTER TABLE "latents" ADD COLUMN "class_rows" integer[];
ALTER TABLE "collection_shards" RENAME COLUMN "tokens" TO "positions";--> statement-breakpoint
ALTER TABLE "collections" RENAME COLUMN "tokens" TO "positions";--> statement-breakpoint
ALTER TABLE "collections" RENAME COLUMN "max_tokens" TO "max_positions";--> statement-breakpoint
ALTER TABLE "collections" ADD COLUMN "position_kind" text DEFAULT 'token' NOT NULL;--> statement-breakpoint
ALTER TABLE "contexts" ADD COLUMN "columns" integer;
-- Collections of before hold neither output shares, bands, next tokens nor related latents, and nothing that is stored gives these: they are removed,
-- with their tables, also those that a load was filling. Runs, adapters and checkpoints stay, so a collection can be made again.
DO $$
DECLARE own text;
BEGIN
	FOR own IN SELECT relname FROM pg_class WHERE relkind = 'r' AND pg_table_is_visible(oid) AND relname ~ '^(latents|latent_details|contexts|examples)_[0-9a-z]{12}$'
	LOOP
		EXECUTE format('DROP TABLE %I', own);
	END LOOP;
END $$;--> statement-breakpoint
DELETE FROM "collections";--> statement-breakpoint
DROP TABLE "collection_tokens" CASCADE;--> statement-breakpoint
DROP TABLE "contexts" CASCADE;--> statement-breakpoint
DROP TABLE "examples" CASCADE;--> statement-breakpoint
DROP TABLE "latent_details" CASCADE;--> statement-breakpoint
DROP TABLE "latents" CASCADE;

ALTER TABLE "run_evaluations" ADD COLUMN "row_loss_sums" "bytea";--> statement-breakpoint
ALTER TABLE "run_evaluations" ADD COLUMN "row_label_tokens" "bytea";
ALTER TABLE "run_evaluations" ADD COLUMN "row_predictions" "bytea";--> statement-breakpoint
ALTER TABLE "run_evaluations" ADD COLUMN "row_targets" "bytea";
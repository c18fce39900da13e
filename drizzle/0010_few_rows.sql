ALTER TABLE "effects" ALTER COLUMN "half_width" DROP NOT NULL;--> statement-breakpoint
-- Intervals that were stored before they had to be over 30 examples.
UPDATE "effects" SET "half_width" = NULL, "effect" = jsonb_set("effect", '{perFiringHalfWidth}', 'null') WHERE "half_width" = 0;--> statement-breakpoint
UPDATE "run_evaluations" SET "difference_half_width" = NULL WHERE "rows" < 30;--> statement-breakpoint
UPDATE "runs" SET "latest_evaluation" = jsonb_set("latest_evaluation", '{differenceHalfWidth}', 'null') WHERE ("latest_evaluation"->>'rows')::int < 30;

ALTER TABLE "run_metrics" ALTER COLUMN "grad_norm" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "run_metrics" ALTER COLUMN "learning_rate" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "run_metrics" ALTER COLUMN "tokens" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "run_metrics" ALTER COLUMN "label_tokens" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "run_metrics" ALTER COLUMN "seconds" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ALTER COLUMN "seed" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "imported" jsonb;
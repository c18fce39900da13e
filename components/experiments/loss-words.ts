import type { ExperimentDetail } from "@/lib/contract/experiment";
import { lossUnit, taskOf, tasks } from "@/lib/contract/tasks/tasks";

/** The unit of an experiment's losses, and the reference they are compared with. */
export type LossWords = {
  /** `nats per token`, `nats per row`, `squared error per row`. */
  readonly unit: string;
  /** `base model`, `class shares`, `mean`. */
  readonly against: string;
  /** The reference in a sentence. */
  readonly says: string;
  /** For classification and regression, the first metric, shown next to the loss; null for a language model. */
  readonly metric: "accuracy" | "pearson" | null;
};

export function lossWords({ request }: Pick<ExperimentDetail, "request">): LossWords {
  const { loss, reference, metric } = tasks[taskOf(request).kind];
  return { unit: lossUnit(loss), against: reference.name, says: reference.says, metric };
}

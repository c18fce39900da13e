import type { ExperimentDetail } from "@/lib/contract/experiment";
import { taskOf, tasks } from "@/lib/contract/tasks/tasks";

/** What the losses of an experiment are in, and what they stand beside. */
export type LossWords = {
  /** `nats a label token`, `nats a row`, `squared error a row`. */
  readonly unit: string;
  /** `base model`, `class shares`, `mean`. */
  readonly against: string;
  /** What stands there in a sentence. */
  readonly says: string;
  /** Of answers the name of the first metric, whose column stands beside the loss; null of a language model. */
  readonly metric: "accuracy" | "pearson" | null;
};

export function lossWords({ request }: Pick<ExperimentDetail, "request">): LossWords {
  const { loss, reference, metric } = tasks[taskOf(request).kind];
  return { unit: `${loss.unit} a ${loss.per}`, against: reference.name, says: reference.says, metric };
}

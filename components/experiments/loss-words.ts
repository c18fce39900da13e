import { comparisonOf } from "@/components/shell/compared-with";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import { taskOf } from "@/lib/contract/run-config";

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
  const { kind } = taskOf(request);
  const metric = { languageModel: null, classification: "accuracy", regression: "pearson" } as const;
  const name = metric[kind];
  const empty = { value: null, low: null, high: null, constant: null };
  const { name: against, lossUnit, says } = comparisonOf({ answers: name === null ? null : [{ name, ...empty }] });
  return { unit: lossUnit.replace(" per ", " a "), against, says, metric: name };
}

import type { RunDetail } from "@/lib/contract/run";
import { taskOf } from "@/lib/contract/run-config";

/** What a latent's effects are changes of: the loss of a text's tokens, the loss of a row's class, or the squared error of a row's number. */
export type LossKind = "text" | "class" | "number";

/** Of a dictionary, which has no run, and until the run is read: of text. */
export function lossKindOf(detail: Pick<RunDetail, "config"> | undefined): LossKind {
  if (detail === undefined) return "text";
  const { kind } = taskOf(detail.config);
  return kind === "languageModel" ? "text" : kind === "classification" ? "class" : "number";
}

type LossWords = {
  /** The number that an ablation changes. */
  readonly name: string;
  readonly unit: string;
  /** What one loss is of. */
  readonly each: string;
};

export function lossWords(kind: LossKind): LossWords {
  switch (kind) {
    case "text":
      return { name: "Δ loss", unit: "nats", each: "a label token" };
    case "class":
      return { name: "Δ loss", unit: "nats", each: "a row" };
    case "number":
      return { name: "Δ squared error", unit: "squared error", each: "a row" };
  }
}

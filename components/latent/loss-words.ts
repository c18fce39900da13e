import type { RunRecord } from "@/lib/contract/run";
import { type TaskKind, taskOf, tasks } from "@/lib/contract/tasks/tasks";

/** Of what a latent's effects are changes. Of a dictionary, which has no run, and until the run is read: of a text's loss. */
export function lossKindOf(detail: Pick<RunRecord, "config"> | undefined): TaskKind {
  return taskOf(detail?.config ?? {}).kind;
}

type LossWords = {
  /** The number that an ablation changes. */
  readonly name: string;
  readonly unit: string;
  /** What one loss is of. */
  readonly each: string;
};

export function lossWords(kind: TaskKind): LossWords {
  const { name, unit, per } = tasks[kind].loss;
  return { name: name === unit ? `Δ ${name}` : "Δ loss", unit, each: `per ${per}` };
}

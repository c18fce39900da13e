import type { MatchMode } from "@/lib/contract/experiment";
import { formatCount, formatDuration, formatInteger } from "@/lib/numbers/format";

type BudgetWords = {
  readonly name: string;
  /** In full, as a report has it. */
  readonly longName: string;
  /** In a sentence: `Equal active parameters`. */
  readonly noun: string;
  readonly format: (value: number) => string;
};

/** What sides may have in common. */
export const budgetWords: Readonly<Record<MatchMode, BudgetWords>> = {
  activeParameters: {
    name: "Active parameters",
    longName: "Active parameters per token",
    noun: "active parameters",
    format: formatInteger,
  },
  parameters: { name: "Parameters", longName: "Trainable parameters", noun: "parameters", format: formatInteger },
  flops: { name: "FLOPs", longName: "FLOPs of the adapter per token", noun: "adapter FLOPs per token", format: formatCount },
  wallClock: { name: "Wall-clock", longName: "Wall-clock training time", noun: "training wall-clock time", format: formatDuration },
  budget: {
    name: "Sweep budget",
    longName: "Sweep budget: trials the setting was selected from",
    noun: "sweep budget",
    format: formatInteger,
  },
};

import type { ComparedSide } from "@/lib/contract/comparison";
import { isMeasuredAlone, type RunCost } from "@/lib/contract/run";
import { formatBytes, formatCount, formatDuration, formatInteger, formatMilliseconds, formatSignificant } from "@/lib/numbers/format";
import { meanOf } from "@/lib/numbers/intervals";
import { joined } from "./words/sentences";

/** Something that a side took, mean over its runs; null where it is not known. */
export type Budget = {
  readonly name: string;
  /** As in `1.6 × the step time`. */
  readonly noun: string;
  readonly of: (side: ComparedSide) => number | null;
  readonly format: (value: number) => string;
  /** Whether it was measured on a machine, or follows from the settings. */
  readonly isMeasured: boolean;
};

const settled = { isMeasured: false };
const measured = { isMeasured: true };

export const budgets: readonly Budget[] = [
  {
    name: "Trainable parameters of the adapter",
    noun: "trainable parameters",
    of: ofCost((cost) => cost.trainableParameters),
    format: formatInteger,
    ...settled,
  },
  {
    name: "Active parameters per token",
    noun: "active parameters",
    of: ofCost((cost) => cost.activeParameters),
    format: formatInteger,
    ...settled,
  },
  {
    name: "Head parameters",
    noun: "head parameters",
    of: ofCost((cost) => cost.headParameters ?? null),
    format: formatInteger,
    ...settled,
  },
  {
    name: "Frozen base model parameters",
    noun: "parameters of the base model",
    of: ofCost((cost) => cost.baseParameters),
    format: formatCount,
    ...settled,
  },
  { name: "Adapter on disk", noun: "size on disk", of: ofCost((cost) => cost.adapterBytes), format: formatBytes, ...settled },
  {
    name: "FLOPs per token, forward, base model and adapter",
    noun: "FLOPs per token",
    of: ofCost((cost) => cost.flopsPerToken),
    format: formatCount,
    ...settled,
  },
  { name: "Tokens trained on", noun: "training tokens", of: ofLast((point) => point.tokens), format: formatCount, ...settled },
  { name: "Median step", noun: "step time", of: ofCost((cost) => cost.medianStepMs), format: formatMilliseconds, ...measured },
  {
    name: "Training tokens per second",
    noun: "tokens per second",
    of: ofCost((cost) => cost.tokensPerSecond),
    format: formatCount,
    ...measured,
  },
  {
    name: "Training time, without evaluations",
    noun: "training time",
    of: ofLast((point) => point.seconds),
    format: formatDuration,
    ...measured,
  },
  { name: "Peak memory, tensors", noun: "peak memory", of: ofCost((cost) => cost.peakMemoryBytes), format: formatBytes, ...measured },
];

/** Shares within which two sides count as equal. */
const equalWithin = 0.02;

export function isEqual(one: number, other: number): boolean {
  return Math.abs(one - other) <= equalWithin * Math.max(Math.abs(one), Math.abs(other));
}

/** On which budgets two sides are equal, and how many times what the first took of the others. */
export function budgetSentences(first: ComparedSide, second: ComparedSide): string[] {
  const equal: string[] = [];
  const unequal: string[] = [];
  const unfit: string[] = [];
  for (const { noun, of, isMeasured } of budgets.filter(({ noun: one }) => !untold.includes(one))) {
    const [one, other] = [of(first), of(second)];
    if (one === null || other === null || other === 0) continue;
    if (isMeasured && !(wasAlone(first) && wasAlone(second))) unfit.push(noun);
    else if (isEqual(one, other)) equal.push(noun);
    else unequal.push(`${formatSignificant(one / other, 2)} × the ${noun}`);
  }
  return [
    ...(equal.length > 0 ? [`${first.name} and ${second.name} had equal ${joined(equal)} (within 2 %).`] : []),
    ...(unequal.length > 0 ? [`${first.name} took ${joined(unequal)} of ${second.name}.`] : []),
    ...(unfit.length > 0 ? [`Not compared: ${joined(unfit)}. ${sharedDeviceWords}`] : []),
  ];
}

/** Why a time or a peak of memory is not compared. */
export const sharedDeviceWords = "Other work used the device during the training, or an older version did not record it.";

/** Whether a side's times and memory may be compared with another's. */
export function wasAlone({ runs }: ComparedSide): boolean {
  return runs.every(({ cost }) => cost !== null && isMeasuredAlone(cost));
}

/** What says nothing of a difference between adapters, or says it again. */
const untold = ["parameters of the base model", "tokens per second", "head parameters"];

function ofCost(pick: (cost: RunCost) => number | null): Budget["of"] {
  return ({ runs }) => mean(runs.flatMap(({ cost }) => (cost === null ? [] : (pick(cost) ?? []))));
}

function ofLast(pick: (point: ComparedSide["runs"][number]["curve"][number]) => number | null): Budget["of"] {
  return ({ runs }) =>
    mean(
      runs.flatMap(({ curve }) => {
        const last = curve.at(-1);
        return last === undefined ? [] : (pick(last) ?? []);
      }),
    );
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : meanOf(values);
}

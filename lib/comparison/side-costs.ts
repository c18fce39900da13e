import type { ComparedSide } from "@/lib/contract/comparison";
import { isMeasuredAlone, type RunCost } from "@/lib/contract/run";
import { formatBytes, formatCount, formatDuration, formatInteger, formatMilliseconds, formatSignificant } from "@/lib/numbers/format";
import { meanOrNull } from "@/lib/numbers/intervals";
import { joined } from "./joined";

/** A cost of a side: the mean over its runs, null if it is not known. */
export type SideCost = {
  readonly name: string;
  /** In full, as a report has it. */
  readonly longName: string;
  /** In a sentence: `1.6 × the step time`. */
  readonly noun: string;
  readonly of: (side: ComparedSide) => number | null;
  readonly format: (value: number) => string;
  /** Measured on a machine, and so compared only if no other work shared the device; otherwise it follows from the settings. */
  readonly isMeasured: boolean;
  /** Changes until the training ends. */
  readonly grows: boolean;
};

const settled = { isMeasured: false, grows: false };
const counted = { isMeasured: false, grows: true };
const measured = { isMeasured: true, grows: true };

export const sideCosts = {
  parameters: {
    name: "Trainable parameters",
    longName: "Trainable parameters of the adapter",
    noun: "trainable parameters",
    of: ofCost((cost) => cost.trainableParameters),
    format: formatInteger,
    ...settled,
  },
  active: {
    name: "Active per token",
    longName: "Active parameters per token",
    noun: "active parameters",
    of: ofCost((cost) => cost.activeParameters),
    format: formatInteger,
    ...settled,
  },
  head: {
    name: "Head parameters",
    longName: "Head parameters",
    noun: "head parameters",
    of: ofCost((cost) => cost.headParameters ?? null),
    format: formatInteger,
    ...settled,
  },
  base: {
    name: "Base model parameters",
    longName: "Frozen base model parameters",
    noun: "parameters of the base model",
    of: ofCost((cost) => cost.baseParameters),
    format: formatCount,
    ...settled,
  },
  disk: {
    name: "Size on disk",
    longName: "Adapter on disk",
    noun: "size on disk",
    of: ofCost((cost) => cost.adapterBytes),
    format: formatBytes,
    ...settled,
  },
  flops: {
    name: "FLOPs per token, incl. base",
    longName: "FLOPs per token, forward, base model and adapter",
    noun: "FLOPs per token",
    of: ofCost((cost) => cost.flopsPerToken),
    format: formatCount,
    ...settled,
  },
  tokens: {
    name: "Training tokens",
    longName: "Tokens trained on",
    noun: "training tokens",
    of: ofLast((point) => point.tokens),
    format: formatCount,
    ...counted,
  },
  step: {
    name: "Step, median",
    longName: "Median step",
    noun: "step time",
    of: ofCost((cost) => cost.medianStepMs),
    format: formatMilliseconds,
    ...measured,
  },
  speed: {
    name: "Tokens per second",
    longName: "Training tokens per second",
    noun: "tokens per second",
    of: ofCost((cost) => cost.tokensPerSecond),
    format: formatCount,
    ...measured,
  },
  time: {
    name: "Training time",
    longName: "Training time, without evaluations",
    noun: "training time",
    of: ofLast((point) => point.seconds),
    format: formatDuration,
    ...measured,
  },
  memory: {
    name: "Peak memory",
    longName: "Peak memory, tensors",
    noun: "peak memory",
    of: ofCost((cost) => cost.peakMemoryBytes),
    format: formatBytes,
    ...measured,
  },
} as const satisfies Readonly<Record<string, SideCost>>;

export type SideCostKey = keyof typeof sideCosts;

/** Relative difference within which two sides count as equal; experiments match their arms within the same. */
const equalWithin = 0.02;

export function isEqualCost(one: number, other: number): boolean {
  return Math.abs(one - other) <= equalWithin * Math.max(Math.abs(one), Math.abs(other));
}

/** Costs that say nothing of a difference between adapters, or repeat another. */
const uninformative: ReadonlySet<string> = new Set<SideCostKey>(["base", "speed", "head"]);

/** Which costs of two sides are equal, and the ratio of the others, in sentences. */
export function costSentences(first: ComparedSide, second: ComparedSide, without: readonly SideCostKey[] = []): string[] {
  const equal: string[] = [];
  const unequal: string[] = [];
  const unfit: string[] = [];
  const unfinished: string[] = [];
  for (const [key, { noun, of, isMeasured, grows }] of Object.entries<SideCost>(sideCosts)) {
    if (uninformative.has(key) || without.some((one) => one === key)) continue;
    const [one, other] = [of(first), of(second)];
    if (one === null || other === null || other === 0) continue;
    if (grows && !(hasEnded(first) && hasEnded(second))) unfinished.push(noun);
    else if (isMeasured && !(wasAlone(first) && wasAlone(second))) unfit.push(noun);
    else if (isEqualCost(one, other)) equal.push(noun);
    else unequal.push(`${formatSignificant(one / other, 2)} × the ${noun}`);
  }
  return [
    ...(equal.length > 0 ? [`${first.name} and ${second.name} had equal ${joined(equal)} (within 2 %).`] : []),
    ...(unequal.length > 0 ? [`${first.name} took ${joined(unequal)} of ${second.name}.`] : []),
    ...(unfinished.length > 0 ? [`Not final yet: ${joined(unfinished)}. ${unfinishedWords([first, second])}`] : []),
    ...(unfit.length > 0 ? [`Not compared: ${joined(unfit)}. ${sharedDeviceWords}`] : []),
  ];
}

/** Why a cost is not final yet. */
export function unfinishedWords(sides: readonly ComparedSide[]): string {
  const names = [...new Set(sides.filter((side) => !hasEnded(side)).map(({ name }) => name))];
  return `${joined(names)} ${names.length === 1 ? "is" : "are"} still training.`;
}

/** Whether all of a side's trainings have ended, so that what they took is final. */
export function hasEnded({ runs }: ComparedSide): boolean {
  return runs.every(({ status }) => status !== "queued" && status !== "running" && status !== "stopping");
}

/** Whether a cost of a side may be compared with another's. */
export function isComparable({ isMeasured, grows }: Pick<SideCost, "isMeasured" | "grows">, side: ComparedSide): boolean {
  return (!grows || hasEnded(side)) && (!isMeasured || wasAlone(side));
}

/** Why a time or peak memory is not compared. */
export const sharedDeviceWords = "Other jobs used the device during training, or the run predates this record.";

/** Whether a side's times and memory may be compared with another's. */
export function wasAlone({ runs }: ComparedSide): boolean {
  return runs.every(({ cost }) => cost !== null && isMeasuredAlone(cost));
}

function ofCost(pick: (cost: RunCost) => number | null): SideCost["of"] {
  return ({ runs }) => meanOrNull(runs.flatMap(({ cost }) => (cost === null ? [] : (pick(cost) ?? []))));
}

function ofLast(pick: (point: ComparedSide["runs"][number]["curve"][number]) => number | null): SideCost["of"] {
  return ({ runs }) =>
    meanOrNull(
      runs.flatMap(({ curve }) => {
        const last = curve.at(-1);
        return last === undefined ? [] : (pick(last) ?? []);
      }),
    );
}

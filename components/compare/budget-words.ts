import type { ComparedSide } from "@/lib/contract/comparison";
import { isMeasuredAlone } from "@/lib/contract/run";
import { formatBytes, formatCount, formatDuration, formatMilliseconds, formatSignificant, notMeasured } from "@/lib/numbers/format";
import { meanOf } from "@/lib/numbers/intervals";

/** A cost of two sides; the mean over a side's runs. */
type Budget = {
  readonly name: string;
  readonly of: (side: ComparedSide) => number | null;
  readonly format: (value: number) => string;
  /** In a sentence: `1.6 × the step time`. */
  readonly noun: string;
  /** Relative tolerance within which two values count as equal: that of experiments for counts, wider for times. */
  readonly tolerance: number;
  /** Whether it was measured on a machine: compared only if no other work shared the device. */
  readonly isMeasured?: true;
  /** Whether the match mode already states it. */
  readonly isMatched?: true;
};

export const budgets: readonly Budget[] = [
  {
    name: "Parameters",
    noun: "parameters",
    of: ofCost((cost) => cost.trainableParameters),
    format: formatCount,
    tolerance: 0.02,
    isMatched: true,
  },
  {
    name: "Active per token",
    noun: "active parameters",
    of: ofCost((cost) => cost.activeParameters),
    format: formatCount,
    tolerance: 0.02,
    isMatched: true,
  },
  {
    name: "FLOPs per token, incl. base",
    noun: "FLOPs per token including the base model",
    of: ofCost((cost) => cost.flopsPerToken),
    format: formatCount,
    tolerance: 0.02,
  },
  { name: "Training tokens", noun: "training tokens", of: ofLast((point) => point.tokens), format: formatCount, tolerance: 0.02 },
  {
    name: "Training time",
    noun: "training time",
    of: ofLast((point) => point.seconds),
    format: formatDuration,
    tolerance: 0.02,
    isMeasured: true,
    isMatched: true,
  },
  {
    name: "Step, median",
    noun: "step time",
    of: ofCost((cost) => cost.medianStepMs),
    format: formatMilliseconds,
    tolerance: 0.05,
    isMeasured: true,
  },
  {
    name: "Peak memory",
    noun: "peak memory",
    of: ofCost((cost) => cost.peakMemoryBytes),
    format: formatBytes,
    tolerance: 0.05,
    isMeasured: true,
  },
  { name: "On disk", noun: "size on disk", of: ofCost((cost) => cost.adapterBytes), format: formatBytes, tolerance: 0.02 },
];

/** One line of the cost table. */
export function budgetLine(
  { of, format, tolerance, isMeasured }: Budget,
  sides: readonly ComparedSide[],
): { values: string[]; isSame: boolean } | null {
  const values = sides.map(of);
  if (values.every((value) => value === null)) return null;
  const [first] = values;
  const isKept = (side: ComparedSide) => !isMeasured || wasAlone(side);
  const isSame =
    sides.every(isKept) &&
    first !== null &&
    first !== undefined &&
    values.every((value) => value !== null && isNear(value, first, tolerance));
  const words = (value: number, side: ComparedSide) => (isKept(side) ? format(value) : `${format(value)}*`);
  return { values: sides.map((side, place) => (values[place] == null ? notMeasured : words(values[place], side))), isSame };
}

/** Which unmatched costs of two sides are equal, and the ratio of the others; null if nothing is known. */
export function budgetSentence(first: ComparedSide, second: ComparedSide): string | null {
  const equal: string[] = [];
  const unequal: string[] = [];
  const unfit: string[] = [];
  for (const { noun, of, tolerance, isMatched, isMeasured } of budgets) {
    if (isMatched) continue;
    const [one, other] = [of(first), of(second)];
    if (one === null || other === null || other === 0) continue;
    if (isMeasured && !(wasAlone(first) && wasAlone(second))) unfit.push(noun);
    else if (isNear(one, other, tolerance)) equal.push(noun);
    else unequal.push(`${formatSignificant(one / other, 2)} × the ${noun}`);
  }
  const parts = [
    ...(equal.length > 0 ? [`Both used equal ${joined(equal)}.`] : []),
    ...(unequal.length > 0 ? [`${first.name} used ${joined(unequal)} of ${second.name}.`] : []),
    ...(unfit.length > 0 ? [`Not compared: ${joined(unfit)}. ${sharedDeviceWords}`] : []),
  ];
  return parts.length === 0 ? null : parts.join(" ");
}

/** Why a time or peak memory is not compared. */
export const sharedDeviceWords = "Other jobs used the device during training, or the run predates this record.";

function wasAlone({ runs }: ComparedSide): boolean {
  return runs.every(({ cost }) => cost !== null && isMeasuredAlone(cost));
}

type Cost = NonNullable<ComparedSide["runs"][number]["cost"]>;

function ofCost(pick: (cost: Cost) => number | null): (side: ComparedSide) => number | null {
  return ({ runs }) => mean(runs.flatMap(({ cost }) => (cost === null ? [] : (pick(cost) ?? []))));
}

function ofLast(pick: (point: ComparedSide["runs"][number]["curve"][number]) => number | null): (side: ComparedSide) => number | null {
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

function isNear(one: number, other: number, tolerance: number): boolean {
  return Math.abs(one - other) <= tolerance * Math.max(Math.abs(one), Math.abs(other));
}

function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

import type { DosePoint, DoseResult, Estimate } from "@/lib/contract/study";
import { givenHalfWidth } from "@/lib/numbers/statistics/enough-examples";

/** One value of a curve with its 95 % interval; the interval is null over too few items. */
export type CurvePoint = { readonly x: number; readonly y: number; readonly halfWidth: number | null };

/** One quantity of a study over the values that were set. */
export type DoseCurve = {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly points: readonly CurvePoint[];
  /** From the lowest to the highest of the matched random latents at each value; empty while there are none. */
  readonly band: readonly { readonly x: number; readonly low: number; readonly high: number; readonly count: number }[];
  /** The unchanged adapter and the base model, where the quantity is theirs too. */
  readonly adapter: number | null;
  readonly base: number | null;
  /** Whether a change can be read off the adapter's own value (KL to the adapter is 0 there by itself). */
  readonly reference: "adapter" | "zero";
  /** Beside what a reader looks for first. */
  readonly isMore: boolean;
};

type Reading = Omit<DosePoint, "value">;
type Quantity = Pick<DoseCurve, "key" | "title" | "unit" | "reference" | "isMore"> & { readonly of: (reading: Reading) => Estimate | null };

/** Every quantity that a study measures, in the order they are drawn; the loss only where there are rows for it. Lines that are still empty are there too. */
export function doseCurves(result: DoseResult): DoseCurve[] {
  return quantitiesOf(result.targets)
    .filter(({ key }) => key !== "loss" || result.heldOut !== null)
    .map((quantity) => curveOf(result, quantity));
}

function quantitiesOf(targets: readonly string[]): Quantity[] {
  return [
    {
      key: "klToAdapter",
      title: "KL to adapter",
      unit: "nats per token",
      reference: "zero",
      isMore: false,
      of: ({ klToAdapter }) => klToAdapter,
    },
    { key: "klToBase", title: "KL to base", unit: "nats per token", reference: "adapter", isMore: true, of: ({ klToBase }) => klToBase },
    { key: "loss", title: "Loss, held-out text", unit: "nats per token", reference: "adapter", isMore: false, of: lossOf },
    ...targets.map(
      (target, at): Quantity => ({
        key: `target ${at}`,
        title: `log p of “${target}”`,
        unit: "nats",
        reference: "adapter",
        isMore: false,
        of: ({ targets: own, targetChanges }) => changed(own[at] ?? null, targetChanges[at] ?? null),
      }),
    ),
    {
      key: "distinct2",
      title: "Distinct-2",
      unit: "share",
      reference: "adapter",
      isMore: false,
      of: ({ distinct2, distinct2Change }) => changed(distinct2, distinct2Change),
    },
    {
      key: "changedTokens",
      title: "Changed tokens",
      unit: "share",
      reference: "zero",
      isMore: true,
      of: ({ changedTokens }) => changedTokens,
    },
  ];
}

function lossOf({ loss }: Reading): Estimate | null {
  return loss === null ? null : { mean: loss.mean, halfWidth: loss.change.halfWidth, count: loss.change.count };
}

/** The interval is that of the paired change: of two arms on the same prompts or rows that is what a reader compares. */
function changed(own: Estimate | null, change: Estimate | null): Estimate | null {
  return own === null || change === null ? own : { ...own, halfWidth: change.halfWidth };
}

function curveOf(result: DoseResult, { of, ...named }: Quantity): DoseCurve {
  const { points, controls, adapter, base } = result;
  return {
    ...named,
    points: points.flatMap((point) => {
      const read = of(point);
      return read === null ? [] : [{ x: point.value, y: read.mean, halfWidth: givenHalfWidth(read) }];
    }),
    band: points.flatMap(({ value }, at) => {
      const means = controls.flatMap((control) => {
        const point = control.points[at];
        const read = point === undefined ? null : of(point);
        return read === null ? [] : [read.mean];
      });
      return means.length === 0 ? [] : [{ x: value, low: Math.min(...means), high: Math.max(...means), count: means.length }];
    }),
    adapter: adapter === null ? null : (of(adapter)?.mean ?? null),
    base: base === null ? null : (of(base)?.mean ?? null),
  };
}

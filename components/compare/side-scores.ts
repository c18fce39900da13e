import { methodName } from "@/components/shell/method-mark";
import type { ComparedSide, ScoreOfSides } from "@/lib/contract/comparison";
import { runMethod } from "@/lib/contract/run-config";
import { meanOf } from "@/lib/numbers/intervals";
import { paretoFront } from "@/lib/numbers/statistics/pareto-front";
import type { CostKey } from "./compare-address";
import type { ScatterPoint, ScatterSeries } from "./scatter-layout";

type SideValue = { readonly side: ComparedSide; readonly mean: number; readonly low: number; readonly high: number };

/** A score of each side that has one: the mean over its runs, and their range. */
export function sideValues(sides: readonly ComparedSide[], score: ScoreOfSides): SideValue[] {
  return sides.flatMap((side, place) => {
    const values = score.values.filter((one) => one.side === place).map(({ value }) => value);
    return values.length === 0 ? [] : [{ side, mean: meanOf(values), low: Math.min(...values), high: Math.max(...values) }];
  });
}

/** Each cost of a side; forgetting is itself a score. */
export function costOf(side: ComparedSide, cost: CostKey, forgetting: ScoreOfSides | undefined, place: number): number | null {
  const mean = (pick: (cost: NonNullable<ComparedSide["runs"][number]["cost"]>) => number | null) => {
    const values = side.runs.flatMap((run) => (run.cost === null ? [] : (pick(run.cost) ?? [])));
    return values.length === 0 ? null : meanOf(values);
  };
  switch (cost) {
    case "parameters":
      return mean(({ trainableParameters }) => trainableParameters);
    case "active":
      return mean(({ activeParameters }) => activeParameters);
    case "memory":
      // Older measurements cover the whole process.
      return mean(({ peakMemoryBytes, besideShare }) => (besideShare === undefined ? null : peakMemoryBytes));
    case "time":
      return mean(({ medianStepMs }) => medianStepMs);
    case "forgetting": {
      const values = forgetting?.values.filter((one) => one.side === place).map(({ value }) => value) ?? [];
      return values.length === 0 ? null : meanOf(values);
    }
  }
}

/** Every side with both the score and the cost, by method; and the Pareto front. */
export function costPoints(
  sides: readonly ComparedSide[],
  score: ScoreOfSides,
  cost: CostKey,
  forgetting: ScoreOfSides | undefined,
  fitting: ReadonlySet<number> | null = null,
): { readonly series: ScatterSeries[]; readonly front: ScatterPoint[] } {
  const placed = sideValues(sides, score).flatMap(({ side, mean, low, high }) => {
    const place = sides.indexOf(side);
    const x = costOf(side, cost, forgetting, place);
    const isPale = fitting !== null && !fitting.has(place);
    return x === null ? [] : [{ method: side.method, point: { label: side.name, x, y: mean, low, high, ...(isPale ? { isPale } : {}) } }];
  });
  const methods = runMethod.options.filter((method) => placed.some((one) => one.method === method));
  return {
    series: methods.map((mark) => ({
      key: mark,
      label: methodName(mark),
      mark,
      isJoined: false,
      points: placed.filter(({ method }) => method === mark).map(({ point }) => point),
    })),
    front: paretoFront(
      placed.map(({ point }) => point),
      { of: ({ x }) => x, better: "lower" },
      { of: ({ y }) => y, better: score.better },
    ).sort((a, b) => a.x - b.x),
  };
}

/** Score against learning rate for sides that differ only in it; one series per group of two or more rates. */
export function rateSeries(sides: readonly ComparedSide[], score: ScoreOfSides): ScatterSeries[] {
  const values = sideValues(sides, score).filter(({ side }) => side.learningRate !== null && side.learningRate > 0);
  const groups = [...new Set(values.map(({ side }) => side.rateGroup))];
  return groups.flatMap((group): ScatterSeries[] => {
    const own = values.filter(({ side }) => side.rateGroup === group);
    const points = own.map(({ side, mean, low, high }) => ({ label: side.name, x: side.learningRate ?? 0, y: mean, low, high }));
    const [first] = own;
    if (first === undefined || new Set(points.map(({ x }) => x)).size < 2) return [];
    return [
      { key: String(group), label: first.side.name, mark: first.side.method, isJoined: true, points: points.sort((a, b) => a.x - b.x) },
    ];
  });
}

export type ShapeMap = {
  readonly ks: readonly number[];
  readonly sizes: readonly number[];
  readonly cells: readonly (readonly (number | null)[])[];
};

/** Score over k (rows) and numLatents (columns) of the largest group of sides that differ only in these; null for fewer than two of either. */
export function shapeMap(sides: readonly ComparedSide[], score: ScoreOfSides): ShapeMap | null {
  const values = sideValues(sides, score).filter(({ side }) => side.k !== null && side.numLatents !== null);
  const groups = [...new Set(values.map(({ side }) => side.shapeGroup))].map((group) =>
    values.filter(({ side }) => side.shapeGroup === group),
  );
  const [largest] = groups.sort((a, b) => b.length - a.length);
  if (largest === undefined) return null;
  const ks = ascending(largest.map(({ side }) => side.k ?? 0));
  const sizes = ascending(largest.map(({ side }) => side.numLatents ?? 0));
  if (ks.length < 2 || sizes.length < 2) return null;
  const cells = ks.map((k) => sizes.map((size) => largest.find(({ side }) => side.k === k && side.numLatents === size)?.mean ?? null));
  return { ks, sizes, cells };
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

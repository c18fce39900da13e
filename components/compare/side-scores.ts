import { methodName } from "@/components/shell/method-mark";
import { rateGroups } from "@/lib/comparison/rate-groups";
import { isComparable, sideCosts } from "@/lib/comparison/side-costs";
import { rangedPoint, valuesOf } from "@/lib/comparison/side-values";
import type { ComparedSide, ScoreOfSides } from "@/lib/contract/comparison";
import { runMethod } from "@/lib/contract/run-config";
import { meanOrNull } from "@/lib/numbers/intervals";
import { paretoFront } from "@/lib/numbers/statistics/pareto-front";
import type { CostKey } from "./compare-address";
import type { ScatterPoint, ScatterSeries } from "./scatter-layout";

/** A cost of a side; forgetting is itself a score. */
function costOf(side: ComparedSide, cost: CostKey, forgetting: ScoreOfSides | undefined, place: number): number | null {
  switch (cost) {
    case "parameters":
    case "active":
      return sideCosts[cost].of(side);
    case "memory":
      // Older measurements cover the whole process.
      return sideCosts.memory.of({ ...side, runs: side.runs.filter((run) => run.cost?.besideShare !== undefined) });
    case "time":
      return sideCosts.step.of(side);
    case "forgetting":
      return forgetting === undefined ? null : meanOrNull(valuesOf(forgetting, place));
  }
}

/** Whether a side's cost may be read against another's. */
function isFinalCost(side: ComparedSide, cost: CostKey): boolean {
  if (cost === "memory") return isComparable(sideCosts.memory, side);
  return cost !== "time" || isComparable(sideCosts.step, side);
}

/**
 * Every side with both the score and the cost, by method; and the Pareto front. A side whose cost is not final, or was measured beside other work,
 * is pale and not on the front, like one that does not match the budget.
 */
export function costPoints(
  sides: readonly ComparedSide[],
  score: ScoreOfSides,
  cost: CostKey,
  forgetting: ScoreOfSides | undefined,
  fitting: ReadonlySet<number> | null = null,
): { readonly series: ScatterSeries[]; readonly front: ScatterPoint[] } {
  const placed = sides.flatMap((side, place) => {
    const x = costOf(side, cost, forgetting, place);
    const values = valuesOf(score, place);
    if (x === null || values.length === 0) return [];
    const isPale = (fitting !== null && !fitting.has(place)) || !isFinalCost(side, cost);
    return [{ side, method: side.method, point: { label: side.name, ...rangedPoint(x, values), ...(isPale ? { isPale } : {}) } }];
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
      placed.filter(({ side }) => isFinalCost(side, cost)).map(({ point }) => point),
      { of: ({ x }) => x, better: "lower" },
      { of: ({ y }) => y, better: score.better },
    ).sort((a, b) => a.x - b.x),
  };
}

/** Score against learning rate for sides that differ only in it; one series per group of two or more rates. */
export function rateSeries(sides: readonly ComparedSide[], score: ScoreOfSides): ScatterSeries[] {
  return rateGroups(sides, score).flatMap((group): ScatterSeries[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { name, method, rateGroup } = first.side;
    const points = group.map(({ side, point }) => ({ label: side.name, ...point }));
    return [{ key: String(rateGroup), label: name, mark: method, isJoined: true, points }];
  });
}

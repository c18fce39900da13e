import { describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { type Criterion, paretoFront } from "@/lib/numbers/statistics/pareto-front";

type Run = { readonly accuracy: number; readonly parameters: number };
const accuracy: Criterion<Run> = { of: (run) => run.accuracy, better: "higher" };
const parameters: Criterion<Run> = { of: (run) => run.parameters, better: "lower" };
const run = (value: number, count: number): Run => ({ accuracy: value, parameters: count });

describe("paretoFront", () => {
  it("keeps what nothing beats in both criteria, from the best in the first on", () => {
    const runs = [run(0.8, 50), run(0.9, 100), run(0.7, 60), run(0.9, 120), run(0.6, 10)];
    expect(paretoFront(runs, accuracy, parameters)).toEqual([run(0.9, 100), run(0.8, 50), run(0.6, 10)]);
  });

  it("keeps equal points together, and leaves out points without a number", () => {
    expect(paretoFront([run(1, 2), run(1, 2), run(1, 3)], accuracy, parameters)).toEqual([run(1, 2), run(1, 2)]);
    expect(paretoFront([run(Number.NaN, 1), run(0.5, Number.NaN)], accuracy, parameters)).toEqual([]);
    expect(paretoFront([run(0.5, Number.POSITIVE_INFINITY), run(0.4, 3)], accuracy, parameters)).toHaveLength(2);
  });

  it("is what comparing all pairs gives, in each direction", () => {
    const random = new Random(9);
    const runs = Array.from({ length: 200 }, () => run(random.nextBelow(23), random.nextBelow(23)));
    for (const first of ["higher", "lower"] as const)
      for (const second of ["higher", "lower"] as const) {
        const cost = (value: number, better: string) => (better === "lower" ? value : -value);
        const costs = runs.map((one) => [cost(one.accuracy, first), cost(one.parameters, second)] as const);
        const kept = runs.filter((_, i) => {
          const [x, y] = costs[i] as readonly [number, number];
          return !costs.some(([otherX, otherY]) => otherX <= x && otherY <= y && (otherX < x || otherY < y));
        });
        const front = paretoFront(runs, { ...accuracy, better: first }, { ...parameters, better: second });
        expect(new Set(front)).toEqual(new Set(kept));
        expect(front.length).toBe(kept.length);
      }
  });
});

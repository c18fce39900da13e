import type { ScoreLine } from "@/lib/contract/comparison";

/** The loss of a benchmark on two sides of two runs each, by which the first is better. */
export function line(changes: Partial<ScoreLine> = {}): ScoreLine {
  return {
    key: "b:loss",
    label: "loss",
    source: "sums",
    better: "lower",
    unit: "nats",
    each: "token",
    isForgetting: false,
    benchmarkId: "b",
    first: { mean: 1.864, sd: 0.012, values: [1.852, 1.876] },
    second: { mean: 1.896, sd: 0.02, values: [1.876, 1.916] },
    difference: { value: -0.032, low: -0.043, high: -0.021 },
    bySeed: [-0.024, -0.04],
    basis: "rowsAndSeeds",
    rows: 211,
    pValue: null,
    correctedPValue: null,
    margin: null,
    verdict: { kind: "better", text: "stan-m7 is better than lora-r3." },
    ...changes,
  };
}

import { describe, expect, it } from "vitest";
import { type GlueMetric, glueMetric, glueTasks } from "@/lib/numbers/metrics/glue-tasks";
import { metrics } from "@/lib/numbers/metrics/metric-names";

describe("GLUE's tasks", () => {
  it("report the metrics of the benchmark, MNLI matched and mismatched apart", () => {
    const reported = Object.entries(glueTasks).flatMap(([name, { splits, metrics: names }]) =>
      splits.map((split) => `${name} ${split}: ${names.join(", ")}`),
    );
    expect(reported).toEqual([
      "cola validation: matthews",
      "sst2 validation: accuracy",
      "mrpc validation: accuracy, f1",
      "stsb validation: pearson, spearman",
      "qqp validation: accuracy, f1",
      "mnli validation_matched: accuracy",
      "mnli validation_mismatched: accuracy",
      "qnli validation: accuracy",
      "rte validation: accuracy",
      "wnli validation: accuracy",
    ]);
  });

  it("take F1 of two classes only, and correlations of scores only", () => {
    for (const { target, metrics: names } of Object.values(glueTasks)) {
      if (names.includes("f1")) expect(target.kind === "classes" && target.names.length).toBe(2);
      expect(names.some((name) => name === "pearson" || name === "spearman")).toBe(target.kind === "score");
    }
  });

  it("have entailment as class 0, but for WNLI, where it is class 1", () => {
    const entailed = Object.entries(glueTasks).flatMap(([name, { target }]) =>
      target.kind === "classes" && target.names.includes("entailment") ? [`${name} ${target.names.indexOf("entailment")}`] : [],
    );
    expect(entailed).toEqual(["mnli 0", "qnli 0", "rte 0", "wnli 1"]);
  });
});

describe("glueMetric", () => {
  it("computes each metric by its name", () => {
    const [predicted, labels] = [
      [0, 1, 1, 1, 0],
      [0, 1, 0, 1, 1],
    ];
    // 2 true positives, 1 false positive, 1 false negative, 1 true negative
    const expected: { [name in GlueMetric]: number } = {
      accuracy: 3 / 5,
      f1: 2 / 3,
      macroF1: (2 / 3 + 1 / 2) / 2,
      matthews: (2 * 1 - 1 * 1) / 6,
      pearson: 1 / 6,
      spearman: 1 / 6,
    };
    for (const [name, value] of Object.entries(expected)) {
      expect(glueMetric(name as GlueMetric, predicted, labels)(), name).toBeCloseTo(value, 12);
      expect(metrics[name as GlueMetric].better).toBe("higher");
    }
    expect([metrics.loss.better, metrics.perplexity.better]).toEqual(["lower", "lower"]);
  });
});

import { describe, expect, it } from "vitest";
import { domainGroups, domainMatrix } from "@/components/compare/domain-matrix";
import { forestCsv } from "@/components/compare/forest-csv";
import {
  budgetStatement,
  budgetSummary,
  firstEqual,
  ratioMark,
  suggestionHref,
  suggestionSentence,
} from "@/components/compare/match-words";
import type { ComparedSide, DomainScores, ScoreLine } from "@/lib/contract/comparison";
import type { MatchMode } from "@/lib/contract/experiment";
import type { MatchedBudget } from "@/lib/contract/matched-budgets";

const shape = { learningRate: 0.01, numLatents: null, k: null, domains: null, rateGroup: 0, shapeGroup: 0, domainGroup: 0, runs: [] };
const sides: ComparedSide[] = [
  { name: "stan", method: "stan", task: "languageModel", ...shape, domains: ["land"] },
  { name: "lora", method: "lora", task: "languageModel", ...shape },
];
const places = [0, 1] as const;

function budget(mode: MatchMode, values: readonly (number | null)[], fits: readonly number[] = []): MatchedBudget {
  return { mode, values: [...values], fits: [...fits], suggestion: null };
}

describe("words of what is matched", () => {
  const all = [
    budget("parameters", [14_700, 920]),
    budget("activeParameters", [920, 925], [1]),
    budget("flops", [null, 7]),
    budget("wallClock", [30, 90]),
    budget("budget", [15, 15], [1]),
  ];

  it("open with what is equal, and mark the others with how many times apart they are", () => {
    expect(firstEqual(all, places)).toBe("activeParameters");
    expect(firstEqual(all.slice(0, 1), places)).toBe("parameters");
    expect(all.map((one) => ratioMark(one, places))).toEqual(["16\u00a0×", "=", "?", "3.0\u00a0×", "="]);
    expect(ratioMark(budget("flops", [0, 7]), places)).toBe("≠");
  });

  it("state a budget with both numbers, and which side has more", () => {
    const [parameters, active, flops, clock, sweep] = all.map((one) => budgetStatement(one, sides, places, 0.02));
    expect(parameters).toBe("The parameters are not equal: stan has 14\u00a0700, 16 times as many against 920 of lora.");
    expect(active).toBe("Equal active parameters within 2\u202f%: 920 and 925.");
    expect(flops).toBe("The adapter FLOPs per token of stan are unknown.");
    expect(clock).toMatch(/^The training wall-clock time is not equal: lora has .*, 3\.0 times as much against .* of stan\.$/);
    expect(sweep).toBe("Equal sweep budget within 2\u202f%: 15 trials and 15 trials.");
    expect(budgetStatement(budget("budget", [15, null]), sides, places, 0.02)).toBe(
      "The settings of lora were not chosen by an experiment’s sweep, so the number of trials is unknown.",
    );
  });

  it("sum all of them up", () => {
    expect(budgetSummary(all, places, 0.02)).toBe(
      "Equal within 2\u202f%: active parameters, sweep budget. Not equal: parameters (16\u00a0×), training wall-clock time (3.0\u00a0×). Unknown: adapter FLOPs per token.",
    );
    expect(budgetSummary([budget("parameters", [1, 2])], places, 0.02)).toMatch(/^No budget is matched\./);
  });

  it("say which run would match, and lead to its form", () => {
    const run = { side: 1, matches: 0, runId: "r 1", setting: "rank", value: 256 } as const;
    expect(suggestionSentence(run, sides)).toBe("A run like lora with rank 256 would match stan.");
    expect(suggestionSentence({ ...run, setting: "steps", value: 1500 }, sides)).toMatch(/with about 1\u00a0500 steps/);
    expect(suggestionHref(run)).toBe("/runs/new?from=r+1&rank=256");
  });
});

describe("a matrix over domains", () => {
  const scores: DomainScores = {
    benchmarkId: "b",
    name: "sums",
    domains: ["land", "sea"],
    metric: { label: "accuracy", better: "higher", unit: "share" },
    against: "constantAnswer",
    sides: [
      { side: 0, values: [0.9, 0.5], changes: [0.4, -0.1] },
      { side: 1, values: [0.7, null], changes: [0.2, null] },
    ],
    isAcross: true,
  };

  it("shows answers as they are, coloured by what they are better than a constant prediction", () => {
    const { rows, format, shade, about } = domainMatrix(scores, sides);
    expect(rows).toEqual([
      { name: "stan: land", values: [0.9, 0.5] },
      { name: "lora: all", values: [0.7, null] },
    ]);
    expect([format(0.9), about]).toEqual(["90.0", "accuracy, %: trained on row, measured on column; sums"]);
    // Better is negative, on the scale of the largest change.
    expect([shade(0.9, { row: 0, column: 0 }), shade(0.5, { row: 0, column: 1 })]).toEqual([-1, 0.25]);
  });

  it("is one for each group of sides that differ in what they were trained on, all on one scale", () => {
    const trained = [
      { ...sides[0], name: "stan on land", domains: ["land"], domainGroup: 0 },
      { ...sides[1], name: "lora on land", domains: ["land"], domainGroup: 1 },
      { ...sides[0], name: "stan on sea", domains: ["sea"], domainGroup: 0 },
    ] as ComparedSide[];
    const three = { ...scores, sides: [...scores.sides, { side: 2, values: [0.6, 0.8], changes: [0.1, 0.3] }] };
    const groups = domainGroups(three, trained);
    expect(groups.map(({ name, method, matrix }) => [name, method, matrix.rows.map((row) => row.name)])).toEqual([
      ["stan on", "stan", ["land", "sea"]],
      ["lora on land", "lora", ["land"]],
    ]);
    expect(groups[1]?.matrix.shade(0.7, { row: 0, column: 0 })).toBe(-0.5);
    const alike = domainGroups({ ...three, isAcross: false }, trained);
    expect(alike.map(({ matrix }) => matrix.rows.map((row) => row.name))).toEqual([["stan on land", "lora on land", "stan on sea"]]);
  });

  it("shows losses as changes against the base model", () => {
    const loss = { ...scores, metric: { label: "loss", better: "lower", unit: "nats" }, against: "baseModel" } as const;
    const { rows, format, shade } = domainMatrix(loss, sides);
    expect(rows[0]?.values).toEqual([0.4, -0.1]);
    expect(format(0.4)).toBe("+0.40");
    expect(shade(0.4, { row: 0, column: 0 })).toBe(1);
  });
});

describe("the scorecard as a table", () => {
  it("holds each line's numbers as they are, with both p values and the verdict", () => {
    const line: ScoreLine = {
      ...{
        key: "b:loss",
        label: "loss",
        source: "sums",
        better: "lower",
        unit: "nats",
        each: "row",
        isForgetting: false,
        benchmarkId: "b",
      },
      first: { mean: 1.5, sd: null, values: [1.5] },
      second: { mean: 1.75, sd: null, values: [1.75] },
      difference: { value: -0.25, low: -0.5, high: -0.125 },
      ...{ bySeed: [-0.25], basis: "rows", rows: 211, pValue: 0.01, correctedPValue: 0.03, margin: null },
      verdict: { kind: "better", text: "a, b" },
    };
    expect(forestCsv([line], "stan", "lora").split("\r\n")).toEqual([
      "metric,source,unit,better,stan,lora,difference,low,high,basis,rows,seeds,p,p corrected,margin,verdict",
      'loss,sums,nats per row,lower,1.5,1.75,-0.25,-0.5,-0.125,rows,211,1,0.01,0.03,,"a, b"',
    ]);
  });
});

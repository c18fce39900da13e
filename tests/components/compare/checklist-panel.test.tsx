import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ChecklistPanel } from "@/components/compare/checklist-panel";
import { Headline } from "@/components/compare/headline";
import { MoreRows } from "@/components/compare/more-rows";
import { correctionWords } from "@/components/compare/verdict-panel";
import { addBenchmarkRequest } from "@/lib/contract/benchmark";
import type { ComparedSide, ComparisonScorecard, ScoreLine, SuggestedBenchmark } from "@/lib/contract/comparison";
import { line } from "./score-line";

const shape = { learningRate: 0.01, numLatents: 7, k: 2, domains: null, rateGroup: 0, shapeGroup: 0, domainGroup: 0, runs: [] };
const stan: ComparedSide = { name: "stan", method: "stan", task: "languageModel", ...shape };
const lora: ComparedSide = { name: "lora", method: "lora", task: "languageModel", ...shape };
const empty: ComparisonScorecard = {
  ...{ lines: [], pairs: [], scores: [], domains: [], missing: [], measurable: ["a", "b"], suggested: [], correctedFor: 0 },
};
const missing = [{ benchmarkId: "b", name: "sums", isGeneral: false, runs: ["a", "b"], isUnderway: false, jobs: [] }];

function suggested(purpose: SuggestedBenchmark["purpose"]): SuggestedBenchmark {
  const rows = { dataSetId: "d", mapping: { kind: "text", text: "text" } };
  return { purpose, request: addBenchmarkRequest.parse({ name: "news", task: { kind: "languageModel" }, rows }) };
}

/** What a reader gets of a panel. */
function textOf(panel: React.ReactElement): string {
  const html = renderToStaticMarkup(<QueryClientProvider client={new QueryClient()}>{panel}</QueryClientProvider>);
  return html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
}

const checklistText = (scorecard: ComparisonScorecard, [first, second]: readonly [ComparedSide, ComparedSide] = [stan, lora]) =>
  textOf(<ChecklistPanel scorecard={scorecard} first={first} second={second} lacksLatents />);
const rowsText = (scorecard: ComparisonScorecard) => textOf(<MoreRows scorecard={scorecard} />);

describe("a comparison without a benchmark", () => {
  it("lists the button that measures what there is, or else the rows that both held out", () => {
    expect(checklistText({ ...empty, missing })).toMatch(
      /Benchmarks A benchmark scores.*Measure both sides 2 results missing on 1 benchmark/,
    );
    expect(rowsText({ ...empty, suggested: [suggested("heldOut")] })).toMatch(/Measure held-out rows Up to 256 per run/);
    const unended = checklistText({ ...empty, measurable: [], suggested: [suggested("heldOut")] });
    expect(unended).toMatch(/These runs can be measured once they end/);
    expect(rowsText({ ...empty, measurable: [], suggested: [suggested("heldOut")] })).toBe("");
  });

  it("offers more rows beside those that its verdict is over", () => {
    const evaluated = line({ key: "evaluation", benchmarkId: null, basis: "rows", rows: 96 });
    const text = rowsText({ ...empty, lines: [evaluated], suggested: [suggested("heldOut")] });
    expect(text).toMatch(/Measure held-out rows The verdict uses 96 rows; measuring up to 256 per run narrows its interval\./);
  });

  it("shows the rows that are measured, while they are", () => {
    const job = { ...{ id: "j", kind: "benchmark" as const, title: "Measuring stan", status: "running" as const, unit: "rows" as const } };
    const jobs = [{ ...job, done: 40, total: 211, message: "", error: null, createdAt: "2026-01-01" }];
    const text = rowsText({ ...empty, missing: missing.map((one) => ({ ...one, isUnderway: true, jobs })) });
    expect(text).toMatch(/Measuring sums.*Measuring stan.*40 of 211 rows/);
  });

  it("says why rows could not be measured, beside the button that measures them again", () => {
    const job = { ...{ id: "j", kind: "benchmark" as const, title: "sums, stan", status: "failed" as const, unit: "rows" as const } };
    const jobs = [{ ...job, done: 0, total: null, message: "", error: "No such file.", createdAt: "2026-01-01" }];
    const failed = { ...empty, missing: missing.map((one) => ({ ...one, jobs })) };
    expect(rowsText(failed)).toMatch(/sums, stan failed No such file\..*Measure both sides/);
    expect(checklistText(failed)).not.toMatch(/Measure both sides/);
  });
});

describe("forgetting that is not measured", () => {
  it("is listed with what a person must do: measure general text that is there, take other data's, or add some", () => {
    const general = missing.map((one) => ({ ...one, name: "news", isGeneral: true }));
    expect(checklistText({ ...empty, missing: general })).toMatch(/Not yet measured on both sides: news\..*Measure both sides/);
    expect(checklistText({ ...empty, suggested: [suggested("forgetting")] })).toMatch(/general text.*Measure forgetting/);
    expect(checklistText({ ...empty, missing })).toMatch(/Add general text.*Mark a benchmark as general/);
  });

  it("is not listed for a new head, which has nothing to forget", () => {
    const classifier: ComparedSide = { ...lora, task: "classification" };
    const text = checklistText({ ...empty, suggested: [suggested("forgetting")] }, [classifier, classifier]);
    expect(text).not.toMatch(/Forgetting|Measure forgetting/);
  });
});

describe("what else a comparison lacks", () => {
  it("is listed, each with its remedy, and nothing once all is there", () => {
    const pairs = [{ first: "a", second: "b" }];
    expect(checklistText({ ...empty, pairs })).toMatch(/Seeds One run per side.*Copy stan.*Copy lora.*Domains.*Latents.*Collect them/);
    const domains: ComparisonScorecard["domains"] = [
      {
        ...{ benchmarkId: "b", name: "sums", domains: ["a"], against: "baseModel", isAcross: false, sides: [] },
        metric: { label: "loss", better: "lower", unit: "nats" },
      },
    ];
    const all = { ...empty, domains, lines: [line(), line({ key: "f", isForgetting: true })] };
    expect(textOf(<ChecklistPanel scorecard={all} first={stan} second={lora} lacksLatents={false} />)).toBe("");
  });
});

describe("the headline", () => {
  const words = (changes: Partial<ScoreLine>) => textOf(<Headline line={line(changes)} first={stan} second={lora} />);

  it("is worded by the better side, with the interval and what it is over", () => {
    const evaluated = { key: "evaluation", benchmarkId: null, basis: "rows", rows: 96 } as const;
    expect(words(evaluated)).toMatch(
      /^ ?stan ends 0\.032 nats lower than lora on held-out rows \(95 % CI 0\.021 to 0\.043, paired over 96 rows\)/,
    );
    const worse = { difference: { value: 0.032, low: 0.021, high: 0.043 }, verdict: { kind: "worse" as const, text: "" } };
    expect(words({ ...evaluated, ...worse })).toMatch(/^ ?lora ends 0\.032 nats lower than stan/);
    expect(words({ label: "accuracy", unit: "share", better: "higher", difference: { value: 0.021, low: 0.008, high: 0.034 } })).toMatch(
      /stan is 2\.1 percentage points higher in accuracy than lora on sums/,
    );
  });

  it("is the verdict itself where neither side is better", () => {
    expect(words({ verdict: { kind: "notDistinguishable", text: "Not told apart." } })).toBe("Not told apart.");
  });
});

describe("what is said of several lines", () => {
  it("is that p is corrected for them, and nothing of it for one", () => {
    expect(correctionWords(6)).toMatch(
      /Holm-corrected for the 6 lines of the scorecard, is below 0\.05\. The intervals themselves are not corrected/,
    );
    expect(correctionWords(1)).not.toMatch(/Holm/);
  });
});

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ForgettingPanel } from "@/components/compare/forgetting-panel";
import { ScorecardPanel } from "@/components/compare/scorecard-panel";
import { correctionWords } from "@/components/compare/verdict-panel";
import { addBenchmarkRequest } from "@/lib/contract/benchmark";
import type { ComparedSide, ComparisonScorecard, SuggestedBenchmark } from "@/lib/contract/comparison";

const shape = { learningRate: 0.01, numLatents: 7, k: 2, domains: null, rateGroup: 0, shapeGroup: 0, domainGroup: 0, runs: [] };
const stan: ComparedSide = { name: "stan", method: "stan", task: "languageModel", ...shape };
const lora: ComparedSide = { name: "lora", method: "lora", task: "languageModel", ...shape };
const empty: ComparisonScorecard = {
  ...{ lines: [], pairs: [], scores: [], domains: [], missing: [], measurable: ["a", "b"], suggested: [], correctedFor: 0 },
};
const missing = [{ benchmarkId: "b", name: "sums", isGeneral: false, runs: ["a", "b"], isUnderway: false }];

function suggested(purpose: SuggestedBenchmark["purpose"]): SuggestedBenchmark {
  const rows = { dataSetId: "d", mapping: { kind: "text", text: "text" } };
  return { purpose, request: addBenchmarkRequest.parse({ name: "news", task: { kind: "languageModel" }, rows }) };
}

/** What a reader gets of a panel. */
function textOf(panel: React.ReactElement): string {
  const html = renderToStaticMarkup(<QueryClientProvider client={new QueryClient()}>{panel}</QueryClientProvider>);
  return html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ");
}

const margins = { marginPoints: 0, marginNats: 0 };
const scorecardText = (scorecard: ComparisonScorecard) =>
  textOf(<ScorecardPanel scorecard={scorecard} error={null} first={stan} second={lora} margins={margins} onMargins={() => undefined} />);
const forgettingText = (scorecard: ComparisonScorecard, sides: readonly ComparedSide[] = [stan, lora]) =>
  textOf(<ForgettingPanel scorecard={scorecard} sides={sides} first={stan} className="c6" />);

describe("a scorecard without a benchmark", () => {
  it("says so with the button that measures what there is, or else the rows that both held out", () => {
    expect(scorecardText({ ...empty, missing })).toMatch(/No benchmark measured yet.*Measure both sides 2 results missing on 1 benchmark/);
    expect(scorecardText({ ...empty, suggested: [suggested("heldOut")] })).toMatch(
      /No benchmark measured yet.*Measure their held-out rows/,
    );
    const unended = scorecardText({ ...empty, measurable: [], suggested: [suggested("heldOut")] });
    expect(unended).toMatch(/These runs can be measured once they end/);
    expect(unended).not.toMatch(/Measure their held-out rows/);
  });
});

describe("forgetting that is not measured", () => {
  it("says what a person must do: measure general text that is there, take other data's, or add some", () => {
    const general = missing.map((one) => ({ ...one, name: "news", isGeneral: true }));
    expect(forgettingText({ ...empty, missing: general })).toMatch(/Not yet measured on both sides: news\..*Measure both sides/);
    expect(forgettingText({ ...empty, suggested: [suggested("forgetting")] })).toMatch(/marked as general text.*Measure forgetting/);
    expect(forgettingText({ ...empty, missing })).toMatch(/add general text.*mark a benchmark as general/);
  });

  it("is not defined for a new head", () => {
    const classifier: ComparedSide = { ...lora, task: "classification" };
    const text = forgettingText({ ...empty, suggested: [suggested("forgetting")] }, [classifier, classifier]);
    expect(text).toMatch(/Not defined for classification or regression runs/);
    expect(text).not.toMatch(/Measure/);
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

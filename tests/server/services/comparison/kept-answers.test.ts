import { describe, expect, it } from "vitest";
import { scorecardQuery } from "@/lib/contract/comparison";
import type { RunRow } from "@/server/db/runs/runs";
import { compareScores } from "@/server/services/comparison/scorecard";
import { comparedRun, someLora } from "@/tests/support/compared-run";
import { freshContext } from "@/tests/support/service-context";

const context = await freshContext();
const { store } = context;
const scores = (runs: readonly RunRow[]) => compareScores(context, scorecardQuery.parse({ runs: runs.map(({ id }) => id).join(",") }));

describe("two classifiers that kept the answers to their held-out rows", () => {
  const task = { kind: "classification" as const, labels: ["no", "yes"] };
  /** Classes of 37 rows, wrong in the first `wrong` of them. */
  const answered = (wrong: number, targetOf = (row: number) => row % 2) =>
    Array.from({ length: 37 }, (_, row) => [row < wrong ? 1 - targetOf(row) : targetOf(row), targetOf(row)] as const);
  const run = (predictions: ReturnType<typeof answered> | undefined, adapter = someLora) => {
    const wrong = predictions?.filter(([predicted, target]) => predicted !== target).length ?? 9;
    return comparedRun(store, { task, adapter, losses: [3, 2], accuracy: 1 - wrong / 37, ...(predictions ? { predictions } : {}) });
  };

  it("are compared row by row: their accuracy by McNemar's test, with an interval of the difference", async () => {
    const runs = [await run(answered(1)), await run(answered(20), { ...someLora, rank: 2 })];
    const { lines } = await scores(runs);
    const [accuracy] = lines;
    expect(accuracy).toMatchObject({ key: "evaluation:accuracy", basis: "rows", rows: 37, verdict: { kind: "better" } });
    expect(accuracy?.difference?.value).toBeCloseTo(19 / 37, 12);
    expect(accuracy?.difference?.low).toBeGreaterThan(0);
    // Nineteen rows are right on one side alone.
    expect(accuracy?.pValue).toBeCloseTo(0.5 ** 19, 12);
  });

  it("are not paired with a run that kept none, nor with one whose rows ask for other answers", async () => {
    const kept = await run(answered(1));
    for (const predictions of [undefined, answered(20, (row) => (row + 1) % 2)]) {
      const { lines } = await scores([kept, await run(predictions, { ...someLora, rank: 2 })]);
      expect(lines[0]).toMatchObject({ key: "evaluation:accuracy", basis: "none", verdict: { kind: "notComparable" } });
    }
  });
});

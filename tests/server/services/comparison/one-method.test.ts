import { describe, expect, it } from "vitest";
import { metrics } from "@/lib/numbers/metrics/metric-names";
import { sampleMean } from "@/lib/numbers/metrics/sample-metric";
import { Random } from "@/lib/numbers/random";
import type { RunRow } from "@/server/db/runs/runs";
import { judgeLines, type UnjudgedLine } from "@/server/services/comparison/judge-lines";
import { scoreLine } from "@/server/services/comparison/score-line";
import type { Side } from "@/server/services/comparison/sides";

const rows = 61;

/**
 * One run of a method with an accuracy near 0.84: a row is right where the run's skill is above its hardness, most of which all runs share, so
 * that two seeds agree on nine rows in ten; seeds' accuracies have a deviation of a point beside that of the rows.
 */
function drawRun(random: Random, hardness: readonly number[], skill: number) {
  const own = skill + 0.04 * random.nextNormal();
  const margins = hardness.map((hard) => own - (0.95 * hard + 0.31 * random.nextNormal()));
  return { right: margins.map((margin) => (margin > 0 ? 1 : 0)), losses: margins.map((margin) => Math.log1p(Math.exp(-3 * margin))) };
}

/** The verdicts of a scorecard of accuracy and loss, over so many seeds of either side. */
function verdicts(random: Random, seeds: number, skills: readonly [number, number], isOneMethod: boolean): string[] {
  const hardness = Array.from({ length: rows }, () => random.nextNormal());
  const [first, second] = skills.map((skill) => Array.from({ length: seeds }, () => drawRun(random, hardness, skill)));
  if (first === undefined || second === undefined) return [];
  const [one, other] = [first[0], second[0]];
  const lines: UnjudgedLine[] = (["right", "losses"] as const).map((values) => {
    const metric = values === "right" ? metrics.accuracy : metrics.loss;
    const [ofFirst, ofSecond] = [first, second].map((runs) => runs.map((run) => sampleMean(run[values])));
    const right = values === "right" && seeds === 1 && one && other ? { right: [one.right, other.right] as const } : {};
    return {
      words: { ...metric, key: values, source: "simulated", each: "row", isForgetting: false, benchmarkId: null },
      measured: scoreLine({ metric, first: ofFirst ?? [], second: ofSecond ?? [], rows, hasRows: true, ...right }),
    };
  });
  return judgeLines(lines, [sideCalled("one"), sideCalled(isOneMethod ? "one" : "other")]).lines.map(({ verdict }) => verdict.kind);
}

/** A side whose runs were told what its name says. */
function sideCalled(name: string): Side {
  const first = { imported: null, provenance: {}, config: { name }, status: "finished", derivedFrom: null, bakedEdits: null };
  // A judge of lines reads nothing else of a run.
  const run = first as unknown as RunRow;
  return { name, first: run, runs: [run], settings: new Map() };
}

/** Of 100 simulated scorecards, how many tell the sides apart by any line. */
function toldApart(seeds: number, skills: readonly [number, number], isOneMethod: boolean): number {
  const random = new Random(7 + seeds);
  return Array.from({ length: 100 }, () => verdicts(random, seeds, skills, isOneMethod)).filter((kinds) =>
    kinds.some((kind) => kind === "better" || kind === "worse"),
  ).length;
}

describe("a scorecard of one method beside itself", () => {
  it("calls neither better in at least 90 of 100 cases, with one seed each or with several", () => {
    expect(toldApart(1, [1, 1], true)).toBe(0);
    for (const seeds of [2, 3]) expect(toldApart(seeds, [1, 1], false), `${seeds} seeds`).toBeLessThanOrEqual(10);
  }, 300_000);

  it("still tells a method apart that is better by far, with three seeds in most cases", () => {
    expect(toldApart(3, [2, 1], false)).toBeGreaterThan(80);
  }, 300_000);
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { compareLosses } from "@/server/engine/evaluation/compare-losses";
import { type EvaluationRow, type RowLoss, rowLosses } from "@/server/engine/evaluation/row-losses";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { logSoftmaxLast } from "@/server/engine/tensor/arithmetic";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { stanSettings } from "@/tests/server/engine/tiny";
import { loadToy } from "@/tests/server/engine/toy";

function evaluationRows(): EvaluationRow[] {
  const random = new Random(6);
  return [9, 2, 5, 3, 11, 5, 1].map((length, row) => {
    const ids = Int32Array.from({ length }, () => random.nextBelow(23));
    return { ids, labels: ids.map((id, at) => (row === 3 || at % 4 === 2 ? -100 : id)) };
  });
}

function all(
  model: CausalModel,
  rows: EvaluationRow[],
  hooks?: ProjectionHooks,
  batchTokens?: number,
): { losses: RowLoss[]; progress: number[] } {
  const pass = rowLosses(model, rows, hooks, batchTokens);
  const progress: number[] = [];
  for (;;) {
    const { done, value } = pass.next();
    if (done === true) return { losses: value, progress };
    if (value !== undefined) progress.push(value);
  }
}

describe("rowLosses", () => {
  let model: CausalModel;

  beforeAll(async () => {
    await startEngine();
    model = loadToy("qwen2");
  });
  afterAll(() => {
    model.free();
    expect(liveTensors()).toBe(0);
  });

  it("sums −log p of each row's label tokens, whatever shares its pass", () => {
    const rows = evaluationRows();
    const wanted = rows.map(({ ids, labels }): RowLoss => {
      const logs = tidy(() => readFloats(logSoftmaxLast(model.logits(model.forward({ ids, rows: 1, tokens: ids.length }).final))));
      let lossSum = 0;
      let labelTokens = 0;
      labels.forEach((label, at) => {
        if (at === 0 || label === -100) return;
        lossSum -= logs[(at - 1) * 23 + label] ?? 0;
        labelTokens++;
      });
      return { lossSum, labelTokens };
    });
    for (const batchTokens of [1, 12, 1000]) {
      const { losses, progress } = all(model, rows, undefined, batchTokens);
      losses.forEach(({ lossSum, labelTokens }, row) => {
        expect(lossSum).toBeCloseTo(wanted[row]?.lossSum ?? 0, 4);
        expect(labelTokens).toBe(wanted[row]?.labelTokens);
      });
      expect(progress.at(-1)).toBe(rows.length);
    }
  });

  it("differs with an adapter, and compares paired by row and by domain", () => {
    const rows = evaluationRows();
    const adapter = Adapter.create(model.projections, stanSettings(["v_proj"], { numLatents: 7, k: 7, init: "small", alpha: 60 }), 1);
    const [on, off] = [all(model, rows, adapterHooks(adapter)).losses, all(model, rows).losses];
    const result = compareLosses(on, off, ["a", "b", null, "a", "b", "a", "a"]);
    expect(result.rows).toBe(5);
    expect(Math.abs(result.loss - result.baseLoss)).toBeGreaterThan(1e-5);
    expect(result.labelTokens).toBe(off.reduce((sum, row) => sum + row.labelTokens, 0));
    expect(result.byDomain.map(({ domain }) => domain)).toEqual(["a", "b"]);
    const a = [0, 5].map((row) => off[row] ?? { lossSum: 0, labelTokens: 0 });
    expect(result.byDomain[0]?.baseLoss).toBeCloseTo(
      a.reduce((sum, row) => sum + row.lossSum, 0) / a.reduce((sum, row) => sum + row.labelTokens, 0),
      10,
    );
    // Of five rows.
    expect(result.differenceHalfWidth).toBeNull();
    expect(
      compareLosses(
        off,
        off,
        rows.map(() => null),
      ),
    ).toMatchObject({ difference: 0, differenceHalfWidth: null, byDomain: [] });
    adapter.free();
  });

  it("refuses to compare passes over other rows, or rows without labels", () => {
    expect(() => compareLosses([{ lossSum: 1, labelTokens: 2 }], [{ lossSum: 1, labelTokens: 3 }], [null])).toThrow(
      "row 0 has 2 label tokens",
    );
    expect(() => compareLosses([{ lossSum: 0, labelTokens: 0 }], [{ lossSum: 0, labelTokens: 0 }], [null])).toThrow(
      "no row has a labelled token",
    );
  });
});

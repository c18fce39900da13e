import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import { type EvaluatedRow, evaluationResult } from "@/lib/contract/study";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { evaluateEdits, type NamedRow } from "@/server/engine/evaluation/evaluate-edits";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { labelTokensOf } from "@/server/engine/models/row-batches";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { finish, toyRows, toyStan } from "@/tests/server/engine/effects/toy-adapters";
import { plainBest, plainLogs } from "@/tests/server/engine/studies/plain-study";
import { loadToy } from "@/tests/server/engine/toy";

describe("evaluateEdits", () => {
  let model: CausalModel;
  let adapter: Adapter;
  let live: number;
  // Labels that the base model itself expects at some places, so that some are right.
  let rows: NamedRow[];

  beforeAll(async () => {
    await startEngine();
    model = loadToy("qwen2");
    adapter = toyStan(model, ["v_proj", "o_proj"]);
    rows = toyRows().map(({ ids, labels, domain }, row): NamedRow => {
      const logs = plainLogs(model, row % 3 === 0 ? { adapter } : {}, [...ids]);
      const asked = labels.map((label, at) => (label === -100 || at % 4 === 2 || at === 0 ? label : plainBest(logs[at - 1])));
      return { ids, labels: asked, domain, row: row * 10, text: `row ${row}` };
    });
    live = liveTensors();
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  const context = () => ({ model, adapter, isSpecial: () => false });
  const evaluate = (edits: Edit[], some = rows) => evaluateEdits(context(), { edits, rows: some, isHeldOut: true });
  const clamp = (more: Partial<Edit> = {}): Edit =>
    ({
      operation: "clamp",
      latent: { module: adapter.modules[1]?.module ?? "", index: 2 },
      value: 9,
      isOn: true,
      scope: "all",
      ...more,
    }) as Edit;

  function plainReading(arm: Parameters<typeof plainLogs>[1], { ids, labels }: NamedRow) {
    const logs = plainLogs(model, arm, [...ids]);
    const places = [...labels.keys()].filter((at) => at > 0 && labels[at] !== -100);
    const hits = places.map((at) => plainBest(logs[at - 1]) === labels[at]);
    const sum = places.reduce((total, at) => total - (logs[at - 1]?.[labels[at] ?? 0] ?? Number.NaN), 0);
    return { loss: sum / places.length, hits };
  }

  it("reads every row as separate passes do: losses, tokens that are most probable, and what was gained and lost", () => {
    const edits = [clamp({ scope: "generated" })];
    const { result, progress } = finish(evaluate(edits));
    expect(evaluationResult.parse(result)).toEqual(result);
    const labelled = rows.filter((row) => labelTokensOf(row) > 0);
    expect(result.rows.map(({ row }) => row)).toEqual(labelled.map(({ row }) => row));
    const plain = labelled.map((row) => ({
      base: plainReading({}, row),
      adapter: plainReading({ adapter }, row),
      edited: plainReading({ adapter, edits: [clamp()] }, row),
    }));
    result.rows.forEach((row, i) => {
      const wanted = plain[i];
      expect(row.text).toBe(labelled[i]?.text);
      for (const arm of ["base", "adapter", "edited"] as const) {
        expect(row[arm].loss).toBeCloseTo(wanted?.[arm].loss ?? Number.NaN, 5);
        expect(row[arm].correct).toBe(wanted?.[arm].hits.filter((hit) => hit).length);
        expect(row[arm].isExact).toBe(wanted?.[arm].hits.every((hit) => hit));
      }
      const changes = (wanted?.edited.hits ?? []).map((hit, at) => Number(hit) - Number(wanted?.adapter.hits[at]));
      expect([row.gained, row.lost]).toEqual([
        changes.filter((change) => change > 0).length,
        changes.filter((change) => change < 0).length,
      ]);
    });
    const total = (some: EvaluatedRow[], value: (row: EvaluatedRow) => number) => some.reduce((sum, row) => sum + value(row), 0);
    expect(result.rows.some(({ gained, lost }) => gained + lost > 0)).toBe(true);
    expect(result.labelTokens).toBe(total(result.rows, (row) => row.labelTokens));
    for (const arm of ["base", "adapter", "edited"] as const) {
      expect(result[arm].loss).toBeCloseTo(total(result.rows, (row) => row[arm].loss * row.labelTokens) / result.labelTokens, 9);
      expect(result[arm].accuracy).toBeCloseTo(total(result.rows, (row) => row[arm].correct) / result.labelTokens, 9);
    }
    const changes = result.rows.map(({ edited, adapter: plainly }) => edited.loss - plainly.loss);
    expect(result.change.mean).toBeCloseTo(changes.reduce((sum, change) => sum + change, 0) / changes.length, 9);
    expect(result.byDomain.map(({ domain, rows: count }) => [domain, count])).toEqual([
      ["even", 4],
      ["odd", 5],
    ]);
    const exact = (arm: "adapter" | "edited") => result.rows.map((row) => row[arm].isExact);
    const [before, after] = [exact("adapter"), exact("edited")];
    expect(result.flips).toEqual({
      toRight: after.filter((is, i) => is && !before[i]).length,
      toWrong: after.filter((is, i) => !is && before[i]).length,
    });
    expect(result.flips.toRight + result.flips.toWrong).toBeGreaterThan(0);
    expect(progress.at(-1)).toEqual({ done: 30, total: 30, result });
    expect(liveTensors()).toBe(live);
  });

  it("changes nothing, exactly, with edits that are off or have no effect", () => {
    for (const edits of [[clamp({ isOn: false })], [clamp({ scope: { from: 50, to: 60 } })]]) {
      const { result } = finish(evaluate(edits));
      expect(result.change).toMatchObject({ mean: 0 });
      expect(result.edited).toEqual(result.adapter);
      expect(result.flips).toEqual({ toRight: 0, toWrong: 0 });
    }
  });

  it("is the base model with the adapter off, and edits of the prompt alone act everywhere", () => {
    const off = finish(evaluate([{ operation: "adapterOff", isOn: true, scope: "prompt" }])).result;
    expect(off.edited).toEqual(off.base);
    expect(off.rows.every(({ edited, base }) => edited.loss === base.loss)).toBe(true);
  });

  it("refuses rows without a label, unknown latents and losses that are not numbers", () => {
    expect(() => finish(evaluate([clamp()], []))).toThrow("none of 0 rows");
    expect(() => finish(evaluate([clamp()], rows.slice(4, 5)))).toThrow("none of 1 rows has a label token");
    expect(() => finish(evaluate([clamp({ value: 1e38 })]))).toThrow("not a finite number");
    expect(() => finish(evaluate([{ operation: "moduleOff", module: "nowhere", isOn: true, scope: "all" }]))).toThrow("nowhere");
    expect(liveTensors()).toBe(live);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forgettingCells, forgettingColumns, forgettingResult } from "@/lib/contract/forgetting";
import { Adapter } from "@/server/engine/adapters/adapter";
import { bakeEdits } from "@/server/engine/adapters/bake";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { ablations } from "@/server/engine/studies/forgetting-trade";
import { rowHalves } from "@/server/engine/studies/row-halves";
import { studyForgetting } from "@/server/engine/studies/study-forgetting";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { finish } from "@/tests/server/engine/effects/toy-adapters";
import { harmful, plantHarm } from "@/tests/server/engine/studies/planted-harm";
import { toyContext } from "@/tests/server/engine/studies/toy-study";
import { loadToy } from "@/tests/server/engine/toy";

describe("studyForgetting", () => {
  let model: CausalModel;
  let planted: ReturnType<typeof plantHarm>;

  beforeAll(async () => {
    await startEngine();
    model = loadToy("qwen2");
    planted = plantHarm(model);
  });
  afterAll(() => {
    planted.adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  const options = { isHeldOut: true, candidates: 16, groupSize: 4, keptGain: 0.95, seed: 0 };
  const study = (adapter: Adapter) => {
    const { own, general } = planted;
    return finish(studyForgetting(toyContext(model, adapter), { own, general, ...options }));
  };

  it("finds a planted harmful group, and without it most of the forgetting is gone and 95 % of the gain is kept, measured anew too", () => {
    const { adapter } = planted;
    const [module] = adapter.modules;
    if (module === undefined) throw new Error("a module");
    const { result, progress } = study(adapter);
    expect(forgettingResult.parse(result)).toEqual(result);
    const place = module.numLatents - harmful;
    const isPlanted = (latent: { module: string; index: number }) => latent.module === module.module && latent.index >= place;
    expect(result.proposed.filter(isPlanted)).toHaveLength(harmful);
    expect(result.groups[0]?.latents.every(isPlanted)).toBe(true);
    expect(result.groups[0]?.general).toBeLessThan(0);
    const { measured, expected } = result;
    if (measured === null || expected === null) throw new Error("a set is proposed");
    expect(measured.forgetting.low).toBeGreaterThan(0);
    expect(measured.forgettingAfter.value).toBeLessThan(0.5 * measured.forgetting.value);
    expect(expected.gainKept?.value).toBeGreaterThanOrEqual(0.95);
    expect(measured.gainKept?.value).toBeGreaterThanOrEqual(0.95);
    expect(progress.at(-1)?.done).toBeLessThanOrEqual(progress.at(-1)?.total ?? 0);
    const baked = bakeEdits(adapter.modules, adapter.tensors(), ablations(result.proposed));
    const repaired = new Adapter(baked.modules, baked.tensors, model.projections);
    const anew = study(repaired).result;
    expect(anew.general.adapter - anew.general.base).toBeCloseTo(measured.forgettingAfter.value, 4);
    expect(anew.own.base - anew.own.adapter).toBeCloseTo(measured.gainAfter.value, 4);
    repaired.free();
  });

  it("has a row for each latent of each group and for each that was measured singly", () => {
    const { result } = study(planted.adapter);
    const cells = forgettingCells(result);
    expect(cells.every((row) => row.length === forgettingColumns.length)).toBe(true);
    expect(cells.filter(([measured]) => measured === "singly")).toHaveLength(result.latents.length);
    expect(cells.filter(([measured]) => measured === "group 1")).toHaveLength(4);
    expect(cells.filter(([, , , , , isProposed]) => isProposed === true).length).toBeGreaterThanOrEqual(harmful);
  });

  it("proposes nothing where no set keeps enough of the gain", () => {
    const { own, general, adapter } = planted;
    const { result } = finish(studyForgetting(toyContext(model, adapter), { own, general, ...options, keptGain: 100 }));
    expect([result.proposed, result.measured, result.expected]).toEqual([[], null, null]);
    expect(result.latents.length).toBeGreaterThan(0);
  });

  it("draws halves that share no row, and refuses texts of fewer than four rows", () => {
    const rows = Array.from({ length: 9 }, (_, row) => row);
    const { first, second } = rowHalves(rows, 3);
    expect([first.length, second.length]).toEqual([4, 5]);
    expect([...first, ...second].sort()).toEqual(rows);
    const few = { own: planted.own, general: planted.general.slice(0, 3), ...options };
    expect(() => finish(studyForgetting(toyContext(model, planted.adapter), few))).toThrow(
      "3 of 3 rows of general text have a label token",
    );
  });
});

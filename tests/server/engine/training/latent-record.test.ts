import { describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { LatentHealth } from "@/server/engine/training/latent-health";
import { mostWindows } from "@/server/engine/training/latent-record";

const modules = [{ module: "first", numLatents: 5 }];

/** Takes a step of a row of tokens, each with the latents that it keeps. */
function takeStep(health: LatentHealth, step: number, kept: readonly (readonly number[])[], mask?: readonly number[]): void {
  health.addTokens(mask === undefined ? kept.length : mask.reduce((sum, real) => sum + real, 0));
  const indices = Int32Array.from(kept.flat());
  const positions = Int32Array.from(kept.keys());
  const pass = { rows: 1, tokens: kept.length, ids: positions, positions, promptLengths: Int32Array.of(kept.length) };
  health.observe("first", indices, mask && Int32Array.from(mask), pass, step);
  health.endStep(step);
}

function restored(health: LatentHealth): LatentHealth {
  const { state, arrays } = health.save();
  const again = new LatentHealth(modules);
  again.restore(JSON.parse(JSON.stringify(state)), arrays);
  return again;
}

describe("the record of a training run", () => {
  it("names the step at which each latent was first kept, and the last one of those that went quiet", () => {
    const health = new LatentHealth(modules);
    takeStep(health, 1, [[0], [1]]);
    takeStep(health, 2, [[1], [2]]);
    takeStep(health, 3, [[2], [4]], [1, 0]);
    takeStep(health, 4, [[2], [0]]);
    const { steps, quietSteps, modules: records } = health.record(4, 2);
    expect([steps, quietSteps]).toEqual([4, 2]);
    expect(records.get("first")?.bornAtStep).toEqual(Int32Array.of(1, 1, 2, -1, -1));
    expect(records.get("first")?.diedAtStep).toEqual(Int32Array.of(-1, 2, -1, -1, -1));
    expect(health.record(4, 3).modules.get("first")?.diedAtStep).toEqual(Int32Array.of(-1, -1, -1, -1, -1));
  });

  it("gives the density in every step of a short run, whatever reports lie between", () => {
    const health = new LatentHealth(modules);
    takeStep(health, 1, [[0], [0], [1], [2]]);
    health.report();
    takeStep(health, 2, [[0], [3]]);
    health.report();
    const { windowEnds, windowTokens, modules: records } = health.record(2, 1);
    expect(windowEnds).toEqual(Int32Array.of(1, 2));
    expect(windowTokens).toEqual(Float64Array.of(4, 2));
    expect(records.get("first")?.density).toEqual(Float32Array.of(0.5, 0.25, 0.25, 0, 0, 0.5, 0, 0, 0.5, 0));
  });

  it("merges its windows in pairs where a run is longer than they are, and loses no count", () => {
    const random = new Random(3);
    const health = new LatentHealth(modules);
    const counts = new Float64Array(5);
    let tokens = 0;
    for (let step = 1; step <= 203; step++) {
      const kept = Array.from({ length: 1 + random.nextBelow(3) }, () => [random.nextBelow(5)]);
      takeStep(health, step, kept);
      tokens += kept.length;
      for (const [latent = 0] of kept) counts[latent] = (counts[latent] ?? 0) + 1;
      if (step % 7 === 0) health.report();
    }
    const { windowEnds, windowTokens, modules: records } = health.record(203, 5);
    expect([...windowEnds]).toEqual([...Array.from({ length: 25 }, (_, at) => 8 * (at + 1)), 203]);
    expect(windowTokens.reduce((sum, each) => sum + each)).toBe(tokens);
    const density = records.get("first")?.density ?? new Float32Array(0);
    for (const [latent, count] of counts.entries()) {
      const sum = windowTokens.reduce((total, each, window) => total + each * (density[window * 5 + latent] ?? Number.NaN), 0);
      expect(sum).toBeCloseTo(count, 4);
    }
  });

  it("never has more windows than it may, and never fewer than half of them once there are steps enough", () => {
    const health = new LatentHealth(modules);
    for (let step = 1; step <= 300; step++) {
      takeStep(health, step, [[step % 5]]);
      const { windowEnds, windowTokens } = health.record(step, 1);
      expect(windowEnds.length).toBeLessThanOrEqual(mostWindows);
      expect(windowEnds.length).toBeGreaterThanOrEqual(Math.min(step, mostWindows / 2));
      expect(windowEnds.at(-1)).toBe(step);
      expect(windowTokens.every((tokens) => tokens > 0)).toBe(true);
    }
  });

  it("resumes exactly from any checkpoint", () => {
    for (const stop of [1, 6, 31, 32, 33, 49, 64, 65]) {
      let broken = new LatentHealth(modules);
      const whole = new LatentHealth(modules);
      for (let step = 1; step <= 70; step++) {
        for (const health of [whole, broken]) {
          takeStep(health, step, [[step % 5], [(step * step) % 5], [3]]);
          if (step % 6 === 0) health.report();
        }
        if (step === stop) broken = restored(broken);
      }
      expect(broken.record(70, 6)).toEqual(whole.record(70, 6));
      expect(broken.save()).toEqual(whole.save());
    }
  });

  it("refuses a checkpoint of another adapter by the array's name", () => {
    const { state, arrays } = new LatentHealth(modules).save();
    const wider = new LatentHealth([{ module: "first", numLatents: 7 }]);
    expect(() => wider.restore(state, arrays)).toThrow("the checkpoint's health.first.counts is missing or belongs to another adapter");
    arrays.delete("keptByWindow.first");
    expect(() => new LatentHealth(modules).restore(state, arrays)).toThrow("keptByWindow.first is missing");
  });
});

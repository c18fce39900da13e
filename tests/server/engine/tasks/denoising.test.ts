import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseNoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import type { DiffusionModel } from "@/server/engine/models/diffusion/diffusion-model";
import { type CleanRow, denoisingObjective } from "@/server/engine/tasks/denoising/denoising-objective";
import { drawNoise } from "@/server/engine/tasks/denoising/draw-noise";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { Trainer } from "@/server/engine/training/trainer";
import { stanSettings, tinyTraining } from "@/tests/server/engine/tiny";
import { loadDiffusionFolder } from "@/tests/server/engine/tiny-diffusion";

const schedule = parseNoiseSchedule({ _class_name: "DDIMScheduler", num_train_timesteps: 60, beta_end: 0.2 });
const stan = stanSettings(["to_q", "to_v"], { numLatents: 12, k: 3, init: "small" });

describe("training to denoise", () => {
  let model: DiffusionModel;
  let rows: readonly CleanRow[];

  beforeAll(async () => {
    await startEngine();
    model = loadDiffusionFolder("tests/golden/diffusion/dit-variance/transformer");
    const random = new Random(3);
    const size = { channels: 3, height: 8, width: 8 };
    rows = Array.from({ length: 6 }, (_, label) => ({
      image: { pixels: Float32Array.from({ length: 192 }, () => random.next() * 2 - 1), ...size },
      label: label % 4,
    }));
  });
  afterAll(() => {
    model.free();
    expect(liveTensors()).toBe(0);
  });

  const settings = { ...tinyTraining, batchRows: 3, steps: 6, seed: 11, shuffle: true };
  const objectiveOf = (adapter: Adapter) => denoisingObjective(model, adapter, rows, { schedule, classDropout: 0.3 });

  it("resumes bit for bit: noise and time steps hang on the step, not on what was drawn before", () => {
    const whole = Adapter.create(model.projections, stan, 5);
    const trainer = new Trainer(objectiveOf(whole), settings);
    const losses = Array.from({ length: 6 }, () => trainer.takeStep().loss);
    expect(new Set(losses).size).toBe(6);

    const first = Adapter.create(model.projections, stan, 5);
    const before = new Trainer(objectiveOf(first), settings);
    const begun = Array.from({ length: 3 }, () => before.takeStep().loss);
    const second = new Adapter(first.modules, first.tensors());
    const after = new Trainer(objectiveOf(second), settings, before.exportState());
    expect([...begun, ...Array.from({ length: 3 }, () => after.takeStep().loss)]).toEqual(losses);
    expect(second.tensors()).toEqual(whole.tensors());
    for (const one of [trainer, before, after]) one.free();
    for (const one of [whole, first, second]) one.free();
  });

  it("gives one loss however a step is cut into passes, with blocks kept or computed again", () => {
    const lossOf = (change: Partial<typeof settings> & { recomputeBlocks?: boolean }) => {
      const adapter = Adapter.create(model.projections, stan, 5);
      const trainer = new Trainer(objectiveOf(adapter), { ...settings, ...change });
      const { loss, gradNorm } = trainer.takeStep();
      trainer.free();
      adapter.free();
      return [loss, gradNorm] as const;
    };
    const [loss, norm] = lossOf({});
    expect(lossOf({ recomputeBlocks: true })).toEqual([loss, norm]);
    for (const microBatchRows of [1, 2]) {
      const cut = lossOf({ microBatchRows });
      expect(cut[0]).toBeCloseTo(loss, 6);
      expect(cut[1]).toBeCloseTo(norm, 6);
    }
  });

  it("refuses an image or a class that does not fit, by its row", () => {
    const adapter = Adapter.create(model.projections, stan, 5);
    const wrong = (row: CleanRow) => () => denoisingObjective(model, adapter, [...rows, row], { schedule, classDropout: 0 });
    const [row] = rows as [CleanRow];
    expect(wrong({ ...row, label: 5 })).toThrow('row 6: class 5 is not in 0…3; 4 is "no class"');
    const small = { pixels: new Float32Array(48), channels: 3, height: 4, width: 4 };
    expect(wrong({ ...row, image: small })).toThrow("row 6: the model denoises images of 3×8×8, and these are of 3×4×4");
    adapter.free();
  });
});

describe("what is drawn for a row", () => {
  const at = { seed: 7, step: 3, place: 2 };

  it("is the same for the same seed, step and place, and other numbers for any other", () => {
    const drawn = drawNoise(at, 50, 1000, 0);
    expect(drawNoise(at, 50, 1000, 0)).toEqual(drawn);
    for (const other of [{ seed: 8 }, { step: 4 }, { place: 1 }]) {
      expect(drawNoise({ ...at, ...other }, 50, 1000, 0).noise).not.toEqual(drawn.noise);
    }
  });

  it("is spread evenly over time steps, withholds classes at their rate, and is standard normal", () => {
    const drawn = Array.from({ length: 4000 }, (_, place) => drawNoise({ ...at, place }, 10, 10, 0.25));
    const counts = drawn.reduce((sums, { timestep }) => sums.with(timestep, (sums[timestep] ?? 0) + 1), new Array<number>(10).fill(0));
    for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(80);
    expect(Math.abs(drawn.filter(({ withholdsClass }) => withholdsClass).length / 4000 - 0.25)).toBeLessThan(0.03);
    const values = drawn.flatMap(({ noise }) => [...noise]);
    expect(Math.abs(values.reduce((sum, x) => sum + x, 0) / values.length)).toBeLessThan(0.02);
    expect(Math.abs(values.reduce((sum, x) => sum + x * x, 0) / values.length - 1)).toBeLessThan(0.03);
  });
});

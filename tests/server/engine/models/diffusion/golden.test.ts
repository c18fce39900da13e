import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NoiseSchedule, parseNoiseSchedule } from "@/lib/contract/architectures/diffusion/noise-schedule";
import type { AdapterTensors } from "@/lib/contract/methods/methods";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import type { DiffusionModel } from "@/server/engine/models/diffusion/diffusion-model";
import { noising } from "@/server/engine/models/diffusion/noising";
import { joinRows } from "@/server/engine/models/weights";
import { sampleImages } from "@/server/engine/sampling/sample-images";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { wholly } from "@/server/engine/tensor/in-parts";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { readAdapter } from "@/server/files/adapters/adapter-folder";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";
import { largest, largestDifference, loraSettings } from "@/tests/server/engine/tiny";
import { loadDiffusionFolder, toldBatch, valuesOf } from "@/tests/server/engine/tiny-diffusion";

const ENGINES = [
  ["TensorFlow with own kernels", { prefer: "tensorflow", kernels: "own" }],
  ["TensorFlow without own kernels", { prefer: "tensorflow", kernels: "twin" }],
  ["WebAssembly", { prefer: "wasm" }],
] as const;

describe.each(ENGINES)("diffusion transformers of unusual sizes as diffusers and PEFT compute them, on %s", (_, engine) => {
  describe.each(["dit-exact", "dit-variance"])("%s", (name) => {
    const folder = `tests/golden/diffusion/${name}`;
    let model: DiffusionModel;
    let values: SafetensorsFile;
    let adapter: Adapter;
    const schedules: readonly NoiseSchedule[] = [0, 1].map((i) =>
      parseNoiseSchedule(JSON.parse(readFileSync(`${folder}/schedule-${i}/scheduler_config.json`, "utf8"))),
    );

    beforeAll(async () => {
      await startEngine(engine);
      model = loadDiffusionFolder(folder);
      values = openSafetensors(`${folder}/expected.safetensors`);
      const { targets } = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8")) as { targets: string[] };
      const projections = new Map(model.projections.map(({ module, dIn, dOut }) => [module, { dIn, dOut }]));
      const { tensors } = readAdapter(`${folder}/lora`, projections);
      const settings = loraSettings(targets, { rank: 3, alpha: 6 });
      adapter = new Adapter(planModules(model.projections, settings), tensors as Map<string, AdapterTensors>);
    });
    afterAll(() => {
      adapter.free();
      model.free();
      values.close();
      expect(liveTensors()).toBe(0);
    });

    const isNear = (got: Float32Array, of: string, tolerance: number) => {
      const wanted = values.read(of);
      expect(largestDifference(got, wanted), of).toBeLessThan(tolerance * Math.max(1, largest(wanted)));
    };
    const classes = () => valuesOf(values, "class_labels");

    it("gives every hidden state and the prediction", () => {
      const batch = toldBatch(model, { pixels: values.read("noise"), timesteps: valuesOf(values, "timesteps"), classes: classes() });
      const { final, hiddenStates } = wholly(model.inParts.forward(batch, { hiddenStates: "all" }));
      expect(hiddenStates.length).toBe(model.config.numLayers + 1);
      hiddenStates.forEach((state, i) => {
        isNear(readFloats(state), `hidden.${i}`, 3e-6);
      });
      free(final, hiddenStates);
      isNear(wholly(model.inParts.predict(batch)), "sample", 3e-6);
    });

    it.each([0, 1])("adds noise and gives PEFT's loss and gradients, in the way of schedule %i", (i) => {
      const [clean, noise] = [values.read("clean"), values.read("noise")];
      const size = clean.length / 3;
      const addNoise = noising(schedules[i] as NoiseSchedule);
      const rows = Array.from(valuesOf(values, "timesteps"), (timestep, row) =>
        addNoise(clean.slice(row * size, (row + 1) * size), noise.slice(row * size, (row + 1) * size), timestep),
      );
      const pixels = joinRows(rows.map((row) => row.pixels));
      const targets = joinRows(rows.map((row) => row.target));
      isNear(pixels, `${i}.noisy`, 1e-6);
      isNear(targets, `${i}.target`, 1e-6);
      const timesteps = Float32Array.from(rows, ({ timestep }) => timestep);
      for (const recomputes of [false, true]) {
        const batch = { ...toldBatch(model, { pixels, timesteps, classes: classes() }), targets };
        const made = wholly(model.inParts.lossAndGradients(batch, adapter.trainingHooks(), 1 / 3, { recomputes }));
        isNear(Float32Array.of(made.lossSum / 3), `${i}.loss`, 2e-6);
        const stored = values.names().filter((one) => one.startsWith(`${i}.grad.`));
        expect(made.gradients.size).toBe(stored.length);
        for (const one of stored) {
          const gradient = made.gradients.get(keyOf(one));
          if (gradient === undefined) throw new Error(`there is no gradient ${keyOf(one)}`);
          isNear(readFloats(gradient), one, 2e-6);
        }
        free([...made.gradients.values()]);
      }
    });

    it.each([0, 1])("samples with guidance step for step, in the way of schedule %i", (i) => {
      const schedule = schedules[i] as NoiseSchedule;
      const { channels, imageSize } = model.config;
      const noise = { pixels: values.read(`${i}.sample.x.0`), channels, ...imageSize };
      const request = { schedule, steps: 4, noise, classes: Int32Array.of(2, 0), arm: { adapter }, guidance: 2.5 };
      const made = [...sampleImages(model, request)].filter((step) => step !== undefined);
      const told = values.read(`${i}.sample.timesteps`);
      expect(
        largestDifference(
          made.map(({ timestep }) => timestep),
          told,
        ),
      ).toBeLessThan(1e-5);
      made.forEach(({ x }, step) => {
        isNear(x, `${i}.sample.x.${step + 1}`, 1e-5);
      });
      adapter.release();
    });
  });
});

/** `0.grad.base_model.model.transformer_blocks.0.attn1.to_q.lora_A.default.weight` → `transformer_blocks.0.attn1.to_q.A` */
function keyOf(stored: string): string {
  return stored.replace(/^\d\.grad\.base_model\.model\./, "").replace(/\.lora_([AB])\.default\.weight$/, ".$1");
}

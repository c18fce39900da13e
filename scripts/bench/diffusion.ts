/**
 * Our side of the bench over a diffusion transformer of pixels, one task in a process of its own:
 * `node scripts/bench-diffusion.mjs FOLDER diffusion-lora|diffusion-stan|diffusion-sample[-bf16] REPEATS`. The work is that of `peer_diffusion.py`.
 */
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import type { StanSettings } from "@/server/engine/methods/stan/stan-module";
import { joinRows } from "@/server/engine/models/weights";
import { sampleImages } from "@/server/engine/sampling/sample-images";
import { denoisingObjective } from "@/server/engine/tasks/denoising/denoising-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { wholly } from "@/server/engine/tensor/in-parts";
import { type DiffusionBase, demandDiffusion, loadBase } from "@/server/runtime/models/load-base-model";
import { demandSchedule } from "@/server/runtime/models/load-diffusion-base";
import { secondsOfSteps } from "./timed-steps";
import { report, secondsOf } from "./timing";

const [folder = "", task = "", repeatsText = "3"] = process.argv.slice(2);
const repeats = Number(repeatsText);
const [ROWS, STEPS, GUIDANCE] = [8, 10, 2];
const targets = { modules: ["to_q", "to_v"], layers: null };
const lora: AdapterSettings = { method: "lora", rank: 16, alpha: 32, targets };
const stan: StanSettings = { method: "stan", numLatents: 1024, k: 16, alpha: 1, selection: "signed", init: "zero", targets };

await startEngine();
const base = demandDiffusion(loadBase(folder, task.endsWith("-bf16") ? "fast" : "exact"));
const kind = task.replace("-bf16", "");
if (kind === "diffusion-sample") report(task, sampling(base), "s/step");
else if (kind === "diffusion-lora" || kind === "diffusion-stan")
  report(task, steps(base, kind === "diffusion-lora" ? lora : stan), "s/step");
else throw new Error(`unknown task ${task}`);

function steps({ model, ...about }: DiffusionBase, settings: AdapterSettings): number[] {
  const rows = Array.from({ length: ROWS }, (_, row) => ({ image: noise(row), label: row % model.config.numClasses }));
  const schedule = demandSchedule(about);
  const adapter = Adapter.create(model.projections, settings, 0);
  return secondsOfSteps(denoisingObjective(model, adapter, rows, { schedule, classDropout: 0 }), repeats);
}

/** Seconds a step of a sampler with guidance, which passes each image twice; the first sampling warms up. */
function sampling({ model, ...about }: DiffusionBase): number[] {
  const first = noise(0);
  const request = {
    schedule: demandSchedule(about),
    steps: STEPS,
    guidance: GUIDANCE,
    noise: { ...first, pixels: joinRows(Array.from({ length: ROWS }, (_, row) => noise(row).pixels)) },
    classes: Int32Array.from({ length: ROWS }, (_, row) => row % model.config.numClasses),
  };
  const once = () => secondsOf(() => wholly(sampleImages(model, request))) / STEPS;
  return Array.from({ length: repeats + 1 }, once).slice(1);
}

/** An image of noise. */
function noise(seed: number) {
  const { channels, imageSize } = base.model.config;
  return { channels, ...imageSize, pixels: Random.ofNumbers([seed]).normals(channels * imageSize.height * imageSize.width) };
}

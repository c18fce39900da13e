import type { RunTask } from "@/lib/contract/tasks/tasks";
import { demandDiffusion } from "@/server/runtime/models/load-base-model";
import type { LatentRows } from "@/server/runtime/tasks/latent-rows";
import type { TaskRuntime } from "@/server/runtime/tasks/task-runtime";
import { denoisingPreview } from "./denoising-preview";
import { prepareDenoising } from "./prepare-denoising";

/** To denoise images. Effects and attribution of its latents are not measured. */
export const denoising: TaskRuntime<Extract<RunTask, { kind: "denoising" }>> = {
  preview: denoisingPreview,
  prepare: async (options, settings, base) => prepareDenoising(options, settings, demandDiffusion(base)),
  heldOutRows: async () => unmeasured,
  inputRows: async () => unmeasured,
  // biome-ignore lint/correctness/useYield: it refuses before anything is read
  async *readText({ adapterFolder }) {
    throw new Error(`${adapterFolder}: was trained over a diffusion model, which reads no text`);
  },
};

const unmeasured: LatentRows = { count: 0, kind: "noisy images", attribute: refuse, ablate: refuse };

function refuse(): never {
  throw new Error("attribution and ablation are not measured for a diffusion model; leave --attribution-rows out");
}

import { join } from "node:path";
import { sampleImages } from "@/server/engine/sampling/sample-images";
import { startEngine } from "@/server/engine/tensor/backend";
import { wholly } from "@/server/engine/tensor/in-parts";
import { liveTensors } from "@/server/engine/tensor/scope";
import { asInvalidFile } from "@/server/files/file-error";
import { writeSafetensors } from "@/server/files/weights/safetensors";
import { diffusionInput } from "@/server/runtime/models/diffusion-input";
import { demandDiffusion, loadBase } from "@/server/runtime/models/load-base-model";
import { demandSchedule } from "@/server/runtime/models/load-diffusion-base";
import { cleanRows } from "@/server/runtime/rows/clean-rows";
import { asJson, type FileReader, type Files, fromDisk } from "./files";

const golden = "tests/golden/diffusion/dit-variance";
const pipeline = asJson({ id2label: { 0: "red, reddish", 1: "blue", 2: "green", 3: "grey" } });
const weights = "diffusion_pytorch_model.safetensors";

function modelFiles(schedule: string): Files {
  return {
    "model_index.json": pipeline,
    ...named("transformer", fromDisk(`${golden}/transformer`, ["config.json", weights])),
    ...named("scheduler", fromDisk(`${golden}/${schedule}`, ["scheduler_config.json"])),
  };
}

function named(folder: string, files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${folder}/${name}`, bytes]));
}

/** Two steps of a sampler, from the same image twice. */
function makeImages(path: string): void {
  const base = demandDiffusion(loadBase(path, "exact"));
  try {
    const schedule = demandSchedule(base);
    const { channels } = diffusionInput(base);
    const { height, width } = base.model.config.imageSize;
    const noise = { channels, height, width, pixels: new Float32Array(2 * channels * height * width).fill(0.5) };
    wholly(sampleImages(base.model, { schedule, steps: 2, noise, classes: Int32Array.of(0, 0), guidance: 2 }));
  } finally {
    base.model.free();
  }
}

function readPrepared(path: string): void {
  const base = demandDiffusion(loadBase(golden, "exact"));
  try {
    cleanRows(base).tokenised(path);
  } finally {
    base.model.free();
  }
}

/** @throws FileError, or Error when tensors are left that nobody frees */
async function leavingNothing(path: string, read: (path: string) => void): Promise<void> {
  await startEngine();
  const before = liveTensors();
  let problem: unknown;
  try {
    read(path);
  } catch (error) {
    problem = asInvalidFile(path, error);
  }
  if (liveTensors() !== before) throw new Error(`${liveTensors() - before} tensors are left`, { cause: problem });
  if (problem !== undefined) throw problem;
}

/** Readers of models that denoise images, and of what they learn from. */
export const diffusionReaders: readonly FileReader[] = [
  {
    name: "diffusion model",
    corpus: () => ["schedule-0", "schedule-1"].map(modelFiles),
    read: (folder) => leavingNothing(folder, makeImages),
  },
  {
    name: "images with their noise",
    corpus(folder) {
      const values = Float32Array.from({ length: 2 * 192 }, (_, at) => Math.sin(at));
      writeSafetensors(join(folder, "rows.safetensors"), {
        pixel_values: { shape: [2, 3, 8, 8], data: values },
        noise: { shape: [2, 3, 8, 8], data: values },
        timesteps: { shape: [2], data: Int32Array.of(3, 50) },
        labels: { shape: [2], data: Int32Array.of(1, 4) },
      });
      return [fromDisk(folder, ["rows.safetensors"])];
    },
    read: (folder) => leavingNothing(join(folder, "rows.safetensors"), readPrepared),
  },
];

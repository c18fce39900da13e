import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { layReferenceConfig } from "./reference-config";
import { layStart, settingsOf } from "./tiny-encoder-training";
import type { TinyMethod, TinyReference } from "./tiny-training";

/** The golden diffusion transformer of 3 × 8 × 8 pixels as a pipeline, with names of its four classes. @returns its folder */
export function layTinyDit(folder: string): string {
  const golden = "tests/golden/diffusion/dit-variance";
  cpSync(`${golden}/transformer`, join(folder, "transformer"), { recursive: true });
  cpSync(`${golden}/schedule-0`, join(folder, "scheduler"), { recursive: true });
  const names = { 0: "red, reddish", 1: "blue", 2: "green", 3: "grey" };
  writeFileSync(join(folder, "model_index.json"), JSON.stringify({ _class_name: "DiTPipeline", id2label: names }));
  return folder;
}

/**
 * Lays the training of the tiny diffusion transformer out as files: its images with their noise, time steps and classes, the adapter that it starts
 * from, and its configuration.
 *
 * @returns the configuration's path and the reference's numbers
 */
export function layTinyDenoisingTraining(
  fixtures: string,
  method: TinyMethod,
  folder: string,
): { config: string; reference: TinyReference } {
  const source = join(fixtures, "tiny", "dit");
  const expected = JSON.parse(readFileSync(join(source, "expected.json"), "utf8"));
  const model = layFixtureDit(fixtures, join(folder, "model"));
  const file = openSafetensors(join(source, "expected.safetensors"));
  const images = (name: string) => ({ shape: [8, ...file.shape(name).slice(2)], data: file.read(name) });
  const ints = (name: string) => ({ shape: [8], data: file.readInts(name) });
  writeSafetensors(join(folder, "rows.safetensors"), {
    pixel_values: images("train.clean"),
    noise: images("train.noise"),
    timesteps: ints("train.timesteps"),
    labels: ints("train.class_labels"),
  });
  file.close();
  const adapter = settingsOf(method, expected);
  layStart(source, method, adapter, join(folder, "start"));
  const config = layReferenceConfig(
    folder,
    {
      model,
      task: { kind: "denoising" },
      data: { kind: "tokenRows", path: join(folder, "rows.safetensors"), validationPath: join(folder, "rows.safetensors") },
      adapter,
    },
    expected,
  );
  return { config, reference: expected[method] };
}

/** The fixture's transformer with the scheduler by which its images were noised. @returns its folder */
export function layFixtureDit(fixtures: string, folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of ["config.json", "diffusion_pytorch_model.safetensors"])
    cpSync(join(fixtures, "tiny", "dit", name), join(folder, name));
  writeFileSync(join(folder, "scheduler_config.json"), JSON.stringify({ _class_name: "DDIMScheduler" }));
  return folder;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Matrix } from "@/lib/contract/methods/tensors";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { AdapterTensors } from "@/server/engine/methods/adapter-module";
import {
  type AnsweredBatch,
  type ClassificationModel,
  createClassificationModel,
} from "@/server/engine/models/encoders/classification-model";
import type { ImageBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { HeadTensor } from "@/server/engine/models/encoders/encoder-model";
import { imageBatch } from "@/server/engine/models/vision/image-batch";
import { loadVisionEncoder, type VisionEncoder } from "@/server/engine/models/vision/load-vision";
import type { FrozenDtype } from "@/server/engine/models/weights";
import type { AnsweredRow } from "@/server/engine/tasks/answers/answered-rows";
import { classAnswers } from "@/server/engine/tasks/classification/class-answers";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";
import { fixtureName, loraSettings, type Method, stanSettings, type TinyExpected } from "./tiny";
import { headName } from "./tiny-encoder";

export const VISION_ENCODERS = ["vit", "dinov2"] as const;

/** A vision encoder of fixtures/tiny with its expected values. */
export type TinyVision = {
  readonly encoder: VisionEncoder;
  readonly model: ClassificationModel;
  readonly values: SafetensorsFile;
  readonly expected: TinyExpected & { readonly modules: readonly string[] };
};

export function openTinyVision(fixtures: string, architecture: string, dtype: FrozenDtype = "float32"): TinyVision {
  const folder = join(fixtures, "tiny", architecture);
  const encoder = loadVisionFolder(folder, dtype);
  const values = openSafetensors(join(folder, "expected.safetensors"));
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as TinyVision["expected"];
  return { encoder, model: createClassificationModel(encoder, encoder.config.numLabels), values, expected };
}

export function loadVisionFolder(folder: string, dtype: FrozenDtype = "float32"): VisionEncoder {
  const { config, weights } = openCheckpoint(folder);
  try {
    return loadVisionEncoder(config, weights, dtype);
  } finally {
    weights.close();
  }
}

/** Images of a file, (…, rows, channels, height, width); those of `place` where there is a first axis. */
export function imagesOf({ values, encoder }: TinyVision, name: string, place?: number, interpolates = false): ImageBatch {
  const [height = 0, width = 0] = values.shape(name).slice(-2);
  const all = values.read(name);
  const [batches = 1] = values.shape(name);
  const size = place === undefined ? all.length : all.length / batches;
  const pixels = all.slice((place ?? 0) * size, ((place ?? 0) + 1) * size);
  return imageBatch({ pixels, channels: encoder.config.channels, height, width, interpolates }, encoder.config);
}

/** Step s (from 0) of the fixture's training data: two batches in turn. */
export function tinyImages(tiny: TinyVision, step: number): AnsweredBatch & ImageBatch & { readonly given: Int32Array } {
  const batch = imagesOf(tiny, "train.pixel_values", step % 2);
  const labels = Int32Array.from(tiny.values.readInts("train.labels"), Number).slice(
    (step % 2) * batch.rows,
    ((step % 2) + 1) * batch.rows,
  );
  return { ...batch, given: labels, answers: classAnswers(labels) };
}

/** The images of a batch, one by one. */
export function answeredImages({ images, rows, given }: ReturnType<typeof tinyImages>): AnsweredRow[] {
  const size = images.pixels.length / rows;
  return Array.from({ length: rows }, (_, row) => ({
    image: { ...images, pixels: images.pixels.subarray(row * size, (row + 1) * size) },
    answer: given[row] ?? Number.NaN,
  }));
}

/** The adapter and the head that the fixture's training started from. */
export function tinyVisionStart({ model, values, expected }: TinyVision, method: Method): { adapter: Adapter; head: TrainedHead } {
  const settings = method === "stan" ? stanSettings(expected.targets) : loraSettings(expected.targets);
  const modules = planModules(model.encoder.projections, settings);
  const matrix = (name: string): Matrix => ({ shape: values.shape(name) as [number, number], data: values.read(name) });
  const tensors = modules.map(({ module }): [string, AdapterTensors] => {
    const parts = method === "stan" ? ["E", "D"] : ["A", "B"];
    const held = parts.map((part) => [part, matrix(fixtureName(method, `${method}.init`, module, part))]);
    return [module, Object.fromEntries(held) as AdapterTensors];
  });
  const full = [...model.headShapes.keys()].map((name): [string, HeadTensor] => {
    const stored = headName(method, `${method}.init`, name);
    return [name, { shape: values.shape(stored), data: values.read(stored) }];
  });
  return { adapter: new Adapter(modules, new Map(tensors)), head: new TrainedHead(model, new Map(full)) };
}

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
import type { TextBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { HeadTensor, TextEncoder } from "@/server/engine/models/encoders/encoder-model";
import { loadEncoder } from "@/server/engine/models/encoders/load-encoder";
import type { FrozenDtype } from "@/server/engine/models/weights";
import type { AnsweredText } from "@/server/engine/tasks/answers/answered-rows";
import { classAnswers } from "@/server/engine/tasks/classification/class-answers";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";
import { fixtureName, loraSettings, type Method, stanSettings, type TinyExpected } from "./tiny";

export const ENCODERS = ["bert", "roberta", "deberta-v2"] as const;

/** An encoder of fixtures/tiny with its expected values. */
export type TinyEncoder = {
  readonly encoder: TextEncoder;
  readonly model: ClassificationModel<TextEncoder["config"]>;
  readonly values: SafetensorsFile;
  readonly expected: TinyExpected;
};

export function openTinyEncoder(fixtures: string, architecture: string, dtype: FrozenDtype = "float32"): TinyEncoder {
  const folder = join(fixtures, "tiny", architecture);
  const encoder = loadEncoderFolder(folder, dtype);
  const values = openSafetensors(join(folder, "expected.safetensors"));
  const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as TinyExpected;
  return { encoder, model: createClassificationModel(encoder, 3), values, expected };
}

export function loadEncoderFolder(folder: string, dtype: FrozenDtype = "float32"): TextEncoder {
  const { config, weights } = openCheckpoint(folder);
  try {
    return loadEncoder(config, weights, dtype);
  } finally {
    weights.close();
  }
}

/** The adapter and the head that the fixture's training started from. */
export function tinyStart({ model, values, expected }: TinyEncoder, method: Method): { adapter: Adapter; head: TrainedHead } {
  const settings = method === "stan" ? stanSettings(expected.targets) : loraSettings(expected.targets);
  const modules = planModules(model.encoder.projections, settings);
  const matrix = (name: string): Matrix => ({ shape: values.shape(name) as [number, number], data: values.read(name) });
  const tensors = modules.map(({ module }): [string, AdapterTensors] => {
    const held = (method === "stan" ? ["E", "D"] : ["A", "B"]).map((part) => [
      part,
      matrix(fixtureName(method, `${method}.init`, module, part)),
    ]);
    return [module, Object.fromEntries(held) as AdapterTensors];
  });
  const full = [...model.headShapes.keys()].map((name): [string, HeadTensor] => {
    const stored = headName(method, `${method}.init`, name);
    return [name, { shape: values.shape(stored), data: values.read(stored) }];
  });
  return { adapter: new Adapter(modules, new Map(tensors)), head: new TrainedHead(model, new Map(full)) };
}

/** The fixture's name of a head's tensor. */
export function headName(method: Method, group: string, name: string): string {
  if (method === "stan") return `${group}.${name}`;
  return `${group}.base_model.model.${name.replace(/^classifier\./, "classifier.modules_to_save.default.")}`;
}

/** A batch of a fixture, with its answers as numbers. */
export type FixtureBatch = AnsweredBatch & TextBatch & { readonly attentionMask: Int32Array; readonly given: ArrayLike<number> };

/** Step s (from 0) of the fixture's training data. */
export function tinyEncoderBatch({ values }: TinyEncoder, step: number): FixtureBatch {
  const [, rows = 0, tokens = 0] = values.shape("train.input_ids");
  const of = (name: string, size: number) => Int32Array.from(values.readInts(name).subarray(step * size, (step + 1) * size), Number);
  const labels = of("train.labels", rows);
  return {
    ids: of("train.input_ids", rows * tokens),
    attentionMask: of("train.attention_mask", rows * tokens),
    given: labels,
    answers: classAnswers(labels),
    rows,
    tokens,
  };
}

/** The rows of a right-padded batch, without their padding. */
export function answeredRows(batch: FixtureBatch): (AnsweredText & { readonly answer: number })[] {
  const { ids, attentionMask, tokenTypeIds, given, rows, tokens } = batch;
  return Array.from({ length: rows }, (_, row) => {
    const length = attentionMask.subarray(row * tokens, (row + 1) * tokens).reduce((sum, real) => sum + real, 0);
    const own = (values: Int32Array) => values.slice(row * tokens, row * tokens + length);
    return { ids: own(ids), tokenTypeIds: tokenTypeIds && own(tokenTypeIds), answer: given[row] ?? Number.NaN };
  });
}

import { z } from "zod";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { activationWidth } from "@/server/engine/methods/methods";
import { type Batch, demandBatch } from "@/server/engine/models/batch";
import type { EncoderBatch } from "@/server/engine/models/encoders/encoder-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { FileError } from "@/server/files/file-error";
import { type TensorData, writeSafetensors } from "@/server/files/weights/safetensors";
import { type BaseModel, loadBaseModel } from "@/server/runtime/models/load-base-model";
import { isEncoderCheckpoint } from "@/server/runtime/models/load-classifier";
import { loadTrained } from "@/server/runtime/models/load-full";
import { type Arguments, UsageError } from "./arguments";
import { encoderOutputs } from "./encoder-outputs";
import { parseJsonFile } from "./json-input";

const table = z.array(z.array(z.int32())).min(1);
const mask = z.array(z.array(z.union([z.literal(0), z.literal(1)], { error: "expected 0 for padding or 1 for a token" })));
const input = z.object({
  input_ids: table,
  attention_mask: mask.optional(),
  position_ids: table.optional(),
  token_type_ids: table.optional(),
});

/** Writes a batch's logits (of an encoder: its head's scores, or embeddings where it has none), and on demand the hidden states of all layers and the activations of all adapted modules. */
export async function writeLogits(given: Arguments): Promise<void> {
  const path = given.required("input");
  const adapterFolder = given.value("adapter");
  const hasActivations = given.isPresent("activations");
  if (hasActivations && adapterFolder === undefined) throw new UsageError("--activations needs --adapter");
  const batch = batchOf(path, parseJsonFile(path, input));
  await startEngine();
  if (isEncoderCheckpoint(given.required("model"))) {
    const tensors = encoderOutputs(given.required("model"), adapterFolder, path, batch, {
      hidden: given.isPresent("hidden"),
      activations: hasActivations,
    });
    writeSafetensors(given.required("output"), tensors);
    return;
  }
  const base = loadBaseModel(given.required("model"), "exact");
  demandInput(path, batch, base);
  const tensors: Record<string, TensorData> = {};
  const hooks = adapterFolder === undefined ? undefined : tappedHooks(adapterFolder, base, batch, hasActivations ? tensors : undefined);
  computeLogits(base, batch, hooks, given.isPresent("hidden"), tensors);
  writeSafetensors(given.required("output"), tensors);
}

/** @throws FileError naming the input with what `demandBatch` found wrong in it */
function demandInput(path: string, batch: Batch, { model }: BaseModel): void {
  try {
    demandBatch(batch, model.config.vocab, model.config.contextLength);
  } catch (error) {
    throw new FileError("invalid", path, error instanceof Error ? error.message : String(error));
  }
}

function computeLogits(
  { model }: BaseModel,
  batch: Batch,
  hooks: ProjectionHooks | undefined,
  hasHidden: boolean,
  tensors: Record<string, TensorData>,
): void {
  const { rows, tokens } = batch;
  const { dModel, vocab } = model.config;
  tidy(() => {
    const { final, hiddenStates } = model.forward(batch, { hooks, hiddenStates: hasHidden ? "all" : "none" });
    hiddenStates.forEach((state, layer) => {
      tensors[`hidden.${layer}`] = { shape: [rows, tokens, dModel], data: readFloats(state) };
    });
    tensors["logits"] = { shape: [rows, tokens, vocab], data: readFloats(model.logits(final)) };
  });
}

/** @param tensors gets every module's activations when given */
function tappedHooks(
  folder: string,
  base: BaseModel,
  { rows, tokens }: Batch,
  tensors: Record<string, TensorData> | undefined,
): ProjectionHooks {
  const adapter = loadTrained(folder, base.model);
  if (tensors === undefined) return adapterHooks(adapter);
  if (adapter.adapter === undefined)
    throw new FileError("invalid", folder, "contains full weights, which have no latents; omit --activations");
  return adapterHooks(adapter, {
    onActivations(module, { indices, values }) {
      const shape = [rows, tokens, activationWidth(module)];
      tensors[`activations.${module.module}.indices`] = { shape, data: indices.slice() };
      tensors[`activations.${module.module}.values`] = { shape, data: values.slice() };
    },
  });
}

/** @throws FileError naming the row that has another length than the first */
function batchOf(path: string, { input_ids, attention_mask, position_ids, token_type_ids }: z.infer<typeof input>): EncoderBatch {
  const tokens = input_ids[0]?.length ?? 0;
  if (tokens === 0) throw new FileError("invalid", path, "input_ids row 0 has no tokens");
  const flat = (name: string, values: number[][]): Int32Array => {
    if (values.length !== input_ids.length)
      throw new FileError("invalid", path, `${name} has ${values.length} rows, input_ids ${input_ids.length}`);
    const odd = values.findIndex((row) => row.length !== tokens);
    if (odd >= 0) {
      throw new FileError(
        "invalid",
        path,
        `${name} row ${odd} has ${values[odd]?.length} tokens, row 0 of input_ids ${tokens}; pad the rows and give attention_mask`,
      );
    }
    return Int32Array.from(values.flat());
  };
  return {
    ids: flat("input_ids", input_ids),
    rows: input_ids.length,
    tokens,
    ...(attention_mask === undefined ? {} : { attentionMask: flat("attention_mask", attention_mask) }),
    ...(token_type_ids === undefined ? {} : { tokenTypeIds: flat("token_type_ids", token_type_ids) }),
    ...(position_ids === undefined ? {} : { positionIds: flat("position_ids", position_ids) }),
  };
}

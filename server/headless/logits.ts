import { extname } from "node:path";
import { z } from "zod";
import type { TextBatch } from "@/server/engine/models/encoders/encoder-batch";
import type { Images } from "@/server/engine/models/images";
import { joinRows } from "@/server/engine/models/weights";
import { startEngine } from "@/server/engine/tensor/backend";
import { readPrompts } from "@/server/files/data/token-rows";
import { FileError } from "@/server/files/file-error";
import { type ImageTensor, readImageTensors, readPixelValues } from "@/server/files/images/image-tensors";
import { writeSafetensors } from "@/server/files/weights/safetensors";
import type { GivenInput } from "@/server/runtime/models/kinds/model-kind";
import { type Arguments, UsageError } from "./arguments";
import { parseJsonFile } from "./json-input";
import { modelOutputs } from "./model-outputs";
import { precisionAsked } from "./precision-asked";

const table = z.array(z.array(z.int32())).min(1);
const mask = z.array(z.array(z.union([z.literal(0), z.literal(1)], { error: "expected 0 for padding or 1 for a token" })));
const input = z.object({
  input_ids: table,
  attention_mask: mask.optional(),
  position_ids: table.optional(),
  token_type_ids: table.optional(),
});

/** Writes the logits of token ids, or of images as a processor leaves them (of an encoder: its head's scores; without one, embeddings of texts, final states of images), and on demand the hidden states of all layers and the activations of all adapted modules. */
export async function writeLogits(given: Arguments): Promise<void> {
  const path = given.required("input");
  const adapter = given.value("adapter");
  const hasActivations = given.isPresent("activations");
  if (hasActivations && adapter === undefined) throw new UsageError("--activations needs --adapter");
  const precision = precisionAsked(given);
  const batch = extname(path) === ".safetensors" ? tensorsIn(path) : batchOf(path, parseJsonFile(path, input));
  await startEngine();
  const wanted = { hidden: given.isPresent("hidden"), activations: hasActivations, input: path };
  writeSafetensors(given.required("output"), modelOutputs(batch, { model: given.required("model"), precision, adapter, ...wanted }));
}

/** Images as a processor leaves them, with the prompts that they stand in where the file has those. */
function tensorsIn(path: string): GivenInput {
  const prompts = readPrompts(path);
  if (prompts === undefined) return { images: joinedImages(readImageTensors(path)) };
  const images = readPixelValues(path);
  return images === undefined ? prompts : { ...prompts, images };
}

/** All of one tensor, so of one size. */
function joinedImages(images: readonly ImageTensor[]): Images {
  const [{ channels, height, width } = { channels: 0, height: 0, width: 0 }] = images;
  return { channels, height, width, pixels: joinRows(images.map(({ pixels }) => pixels)) };
}

/** @throws FileError naming the row that has another length than the first */
function batchOf(path: string, { input_ids, attention_mask, position_ids, token_type_ids }: z.infer<typeof input>): TextBatch {
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

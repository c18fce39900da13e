import { z } from "zod";
import { packedBytes } from "@/lib/numbers/blocks/block-formats";
import { type ModelSummary, timesIn } from "./model";

/**
 * How frozen weights are held. Dense in float32 or bfloat16, and multiplied in that; or packed, and unpacked to float32 as they are multiplied: `stored` as
 * the model's GGUF file has them, `nf4` in 4 bits each as bitsandbytes quantises them, with embeddings and head in bfloat16.
 */
export const frozenForm = z.enum(["float32", "bfloat16", "stored", "nf4"]);
export type FrozenForm = z.infer<typeof frozenForm>;

export const frozenFormNames: Readonly<Record<FrozenForm, string>> = {
  float32: "float32",
  bfloat16: "bfloat16",
  stored: "as in the GGUF file",
  nf4: "NF4",
};

/** Whether a model's weights can be held so. */
export function canBeHeld(form: FrozenForm, { format }: Pick<ModelSummary, "format">): boolean {
  return form !== "stored" || format === "gguf";
}

/** Bytes of a model's frozen weights, about: as a GGUF file has them, its size. Routed experts, which are never packed, count as if they were. */
export function frozenBytes(form: FrozenForm, model: ModelSummary): number {
  const { parameters, sizeBytes, projections } = model;
  if (form === "stored") return sizeBytes;
  if (form !== "nf4") return (form === "bfloat16" ? 2 : 4) * parameters;
  const packed = Math.min(
    parameters,
    projections.reduce((sum, one) => sum + one.dIn * one.dOut * timesIn(one, model, null), 0),
  );
  return (packed / 64) * packedBytes("NF4", 64) + 2 * (parameters - packed);
}

import { z } from "zod";
import { packedBytes } from "@/lib/numbers/blocks/block-formats";
import { architectureOf } from "./architectures/architectures";
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

/** Bytes of a model's frozen weights, about: as a GGUF file has them, its size. Routed experts, which are never packed, are in float32 beside packed weights. */
export function frozenBytes(form: FrozenForm, model: ModelSummary): number {
  const { parameters, sizeBytes, projections } = model;
  if (form === "float32" || form === "bfloat16") return (form === "bfloat16" ? 2 : 4) * parameters;
  const packed = Math.min(
    parameters,
    projections.reduce((sum, one) => sum + one.dIn * one.dOut * timesIn(one, model, null), 0),
  );
  const experts = expertParameters(model, packed);
  if (form === "stored") return sizeBytes * (1 - experts / parameters) + 4 * experts;
  return (packed / 64) * packedBytes("NF4", 64) + 2 * (parameters - packed - experts) + 4 * experts;
}

/** What is left beside projections, embeddings and head. */
function expertParameters({ architecture, parameters, vocab, dModel }: ModelSummary, projected: number): number {
  const described = architectureOf(architecture);
  const hasExperts = described?.kind === "decoder" && "experts" in described.layout.names;
  return hasExperts ? Math.max(0, parameters - projected - 2 * vocab * dModel) : 0;
}

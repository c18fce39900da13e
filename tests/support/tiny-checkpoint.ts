import { toAdapterConfigFile } from "@/server/files/adapters/adapter-config";
import type { TrainingCheckpoint } from "@/server/files/adapters/checkpoint-files";

const module = "model.layers.0.self_attn.q_proj";

/** A checkpoint of one LoRA module of rank 2, all of whose numbers depend on the step. */
export function tinyCheckpoint(step: number): TrainingCheckpoint {
  const config = toAdapterConfigFile(
    { method: "lora", rank: 2, alpha: 8, targets: { modules: ["q_proj"], layers: null } },
    { baseModel: "tiny", revision: null, fanInFanOut: false },
  );
  const values = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => step + i / 3);
  return {
    trained: {
      layout: "peft",
      config,
      tensors: new Map([[module, { A: { shape: [2, 5], data: values(10) }, B: { shape: [7, 2], data: values(14) } }]]),
    },
    optimizer: {
      "m.A": { shape: [2, 5], data: values(10) },
      order: { shape: [3], data: Int32Array.of(2, 0, 1) },
      total: { shape: [1], data: Float64Array.of(step / 3) },
    },
    state: { step, random: [0.1, 2 ** 53 - 1], sampler: { position: step * 8 }, note: null },
  };
}

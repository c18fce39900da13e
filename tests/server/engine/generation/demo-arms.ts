import type { Edit } from "@/lib/contract/edit";
import { type SamplingSettings, samplingSettings } from "@/lib/contract/generate";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import { initialTensors } from "@/server/engine/adapters/initial-tensors";
import { planModules } from "@/server/engine/adapters/plan-modules";
import type { GenerationArm, GenerationEvent } from "@/server/engine/generation/generation-request";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { ModelDtypes } from "@/server/engine/models/create-causal-model";
import { createTokenizer, type Tokenizer } from "@/server/engine/text/tokenizer";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { loadCausalModel } from "@/tests/support/load-causal-model";

/** The demonstration model with its tokenizer. */
export function openDemo(folder = "demo/model", dtypes: Partial<ModelDtypes> = {}): { model: CausalModel; tokenizer: Tokenizer } {
  const { config, weights, tokenizer } = openCheckpoint(folder);
  const model = loadCausalModel(config, weights, dtypes);
  weights.close();
  if (tokenizer === null) throw new Error(`${folder} has no tokenizer`);
  return {
    model,
    tokenizer: createTokenizer(tokenizer.kind === "gguf" ? { kind: "gguf", metadata: { ...tokenizer.metadata } } : tokenizer),
  };
}

export const watchedModule = "model.layers.2.self_attn.q_proj";

/** A random adapter strong enough to change what the model writes. */
export function randomAdapter(model: CausalModel, method: "stan" | "lora" = "stan", seed = 3): Adapter {
  const targets = { modules: ["q_proj", "v_proj"], layers: [2, 3] };
  const settings =
    method === "stan"
      ? ({ method, numLatents: 23, k: 5, alpha: 400, selection: "signed", init: "small", targets } as const)
      : ({ method, rank: 5, alpha: 400, targets } as const);
  const modules = planModules(model.projections, settings);
  const tensors = initialTensors(modules, settings, seed);
  const random = new Random(seed);
  // Training starts LoRA's B at zero, where it changes nothing.
  for (const matrices of tensors.values()) {
    if ("B" in matrices) for (let i = 0; i < matrices.B.data.length; i++) matrices.B.data[i] = 0.01 * random.nextNormal();
  }
  return new Adapter(modules, tensors);
}

export function sampling(settings: Partial<SamplingSettings> = {}): SamplingSettings {
  return samplingSettings.parse(settings);
}

export function threeArms(adapter: Adapter, edits: readonly Edit[]): GenerationArm[] {
  return [{ name: "base" }, { name: "adapter", adapter }, { name: "edited", adapter, edits }];
}

/** What one arm was given, and how it ended. */
export function ofArm(events: readonly GenerationEvent[], arm: GenerationArm["name"]) {
  const tokens = events.flatMap((event) => (event.kind === "token" && event.arm === arm ? [event.token] : []));
  const end = events.find((event) => event.kind === "armEnd" && event.arm === arm);
  return { tokens, ids: tokens.map(({ id }) => id), end: end?.kind === "armEnd" ? { reason: end.reason, text: end.text } : undefined };
}

import { join } from "node:path";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { CausalModel, LabelledBatch } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { readFloats } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { largestDifference } from "@/tests/server/engine/tiny";
import { loadCausalModel } from "@/tests/support/load-causal-model";
import { latentCases } from "@/tests/support/methods/methods";

const models = "tests/golden/models";
const cases = "tests/golden/peft";

const partNames = latentCases.flatMap(({ config }) =>
  Object.entries(latentMethodOf(config).peft.tensors).map(([part, { key }]) => [part, key] as const),
);

/** A case of tests/golden/peft over a model of tests/golden/models; `make.py` beside each made the values in float64. */
export type PeftGolden = {
  readonly model: CausalModel;
  /** The adapter that training starts from. */
  readonly folder: string;
  /** Of the model's five batches. */
  batchOf(step: number): LabelledBatch;
  /** Values by name; of the gradients by our parameter keys. */
  read(name: string): Float32Array;
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** The largest difference of logits over the first batch's real tokens. */
  logitsDifference(expected: string, hooks?: ProjectionHooks): number;
};

export function openPeftGolden(name: string, base: string): PeftGolden {
  const { config, weights } = openCheckpoint(join(models, base));
  const model = loadCausalModel(config, weights);
  weights.close();
  const rowFile = openSafetensors(join(models, base, "expected.safetensors"));
  const [steps = 0, rows = 0, tokens = 0] = rowFile.shape("input_ids");
  const ints = new Map(["input_ids", "attention_mask", "labels"].map((tensor) => [tensor, rowFile.readInts(tensor)]));
  rowFile.close();
  const folder = join(cases, name);
  const file = openSafetensors(join(folder, "expected.safetensors"));
  const values = new Map(file.names().map((tensor) => [tensor, file.read(tensor)]));
  file.close();
  const read = (tensor: string): Float32Array => {
    const found = values.get(tensor);
    if (found === undefined) throw new Error(`${folder} has no ${tensor}`);
    return found;
  };
  const batchOf = (step: number): LabelledBatch => {
    const at = step % steps;
    const of = (tensor: string) => ints.get(tensor)?.slice(at * rows * tokens, (at + 1) * rows * tokens) ?? new Int32Array();
    return { ids: of("input_ids"), attentionMask: of("attention_mask"), labels: of("labels"), rows, tokens };
  };
  return {
    model,
    folder,
    batchOf,
    read,
    gradients: new Map([...values].filter(([tensor]) => tensor.startsWith("grad.")).map(([tensor, data]) => [keyOf(tensor), data])),
    logitsDifference(expected, hooks) {
      const batch = batchOf(0);
      const got = tidy(() => readFloats(model.logits(model.forward(batch, { hooks }).final)));
      const isReal = (_: number, at: number) => batch.attentionMask?.[Math.floor(at / model.config.vocab)] === 1;
      return largestDifference(got.filter(isReal), read(expected).filter(isReal));
    },
  };
}

/** `grad.base_model.model.<module>.lora_A.weight` → `<module>.A` */
function keyOf(name: string): string {
  const own = name.replace("grad.base_model.model.", "");
  const [part, key] = partNames.find(([, stored]) => own.endsWith(`.${stored}`)) ?? ["", ""];
  return own.slice(0, own.length - key.length) + part;
}

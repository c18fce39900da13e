import { beforeAll, describe, expect, it } from "vitest";
import { Adapter } from "@/server/engine/adapters/adapter";
import { type Arm, armHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { freeSequence } from "@/server/engine/models/sequence";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { stanSettings } from "@/tests/server/engine/tiny";
import { type ToyName, toyConfigs, toyWeights } from "@/tests/server/engine/toy";
import { loadCausalModel } from "@/tests/support/load-causal-model";

const vocab = 23;
const prompt = Int32Array.of(3, 8, 1, 20);
const given = [5, 17, 2];

/** Logits of each row at each of three steps, each row an arm; all read the same tokens. */
function decodeTogether(model: CausalModel, arms: readonly Arm[]): Float32Array[][] {
  const hooks = armHooks(arms);
  // Prompts are read one by one, so that rows enter the steps with equal bits.
  const read = arms.map((arm) => model.prefill([prompt], { hooks: armHooks([arm]), maxTokens: 12 }));
  free(read.map(({ logits }) => logits));
  const sequences = read.flatMap((one) => one.sequences);
  const steps = given.map((id) => {
    const logits = model.decode(sequences, new Int32Array(arms.length).fill(id), hooks);
    const values = readFloats(logits);
    free(logits);
    return arms.map((_, row) => values.slice(row * vocab, (row + 1) * vocab));
  });
  for (const sequence of sequences) freeSequence(sequence);
  return arms.map((_, row) => steps.map((step) => step[row] ?? new Float32Array(0)));
}

describe.each(Object.keys(toyConfigs) as ToyName[])("steps of many rows of a %s model", (name) => {
  beforeAll(async () => {
    await startEngine({ prefer: "tensorflow", kernels: "own" });
  });

  for (const decode of ["float32", "bfloat16"] as const) {
    for (const method of ["stan", "lora"] as const) {
      it(`give a row the same bits at 1, 2, 3, 5, 8, 17 and 35 rows, ${method}, ${decode}`, () => {
        const live = liveTensors();
        const model = loadCausalModel(toyConfigs[name], toyWeights(toyConfigs[name]), { decode });
        const modules = [...new Set(model.projections.map((projection) => projection.name))];
        const settings =
          method === "stan"
            ? stanSettings(modules, { numLatents: 7, k: 3, init: "small" })
            : ({ method: "lora", rank: 3, alpha: 6, targets: { modules, layers: null } } as const);
        const adapter = withoutZeros(Adapter.create(model.projections, settings, 2));
        const other = Adapter.create(model.projections, stanSettings([modules[0] ?? ""], { numLatents: 5, k: 2, init: "small" }), 3);
        const [module = ""] = adapter.modules.map((own) => own.module);
        const edited: Arm = {
          adapter,
          edits: [{ operation: "clamp", value: 2, latent: { module, index: 1 }, isOn: true, scope: "all" }],
        };
        const off: Arm = { adapter, edits: [{ operation: "adapterOff", isOn: true, scope: "all" }] };
        const kinds: readonly Arm[] = [{}, { adapter }, edited, off, { adapter: other }];
        const alone = kinds.map((arm) => decodeTogether(model, [arm])[0]);
        expect(alone[1]).not.toEqual(alone[0]);
        expect(alone[2]).not.toEqual(alone[1]);
        expect(alone[3]).toEqual(alone[0]);
        for (const rows of [2, 3, 5, 8, 17, 35]) {
          const arms = Array.from({ length: rows }, (_, row) => kinds[row % kinds.length] ?? {});
          const got = decodeTogether(model, arms);
          got.forEach((steps, row) => {
            expect(steps, `row ${row} of ${rows}`).toEqual(alone[row % kinds.length]);
          });
        }
        const same = decodeTogether(model, [{ adapter }, { adapter, edits: [] }, { adapter }]);
        expect(same).toEqual([alone[1], alone[1], alone[1]]);
        adapter.free();
        other.free();
        model.free();
        expect(liveTensors()).toBe(live);
      });
    }
  }
});

/** The same adapter with every 0 of its matrices, as LoRA begins with, made into small numbers. */
function withoutZeros(adapter: Adapter): Adapter {
  const tensors = adapter.tensors();
  for (const matrices of tensors.values()) {
    for (const { data } of Object.values(matrices)) {
      data.forEach((value, i) => {
        if (value === 0) data[i] = 0.1 * Math.sin(i + 1);
      });
    }
  }
  adapter.free();
  return new Adapter(adapter.modules, tensors);
}

import { beforeAll, describe, expect, it } from "vitest";
import { inputMeansForward, readModuleInputs } from "@/server/engine/concepts/module-inputs";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { wholly } from "@/server/engine/tensor/in-parts";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { loadCausalModel } from "@/tests/support/load-causal-model";

beforeAll(async () => {
  await startEngine();
});

const { config, weights } = openCheckpoint("tests/golden/tiny/llama");
const texts = [
  [5, 9, 2, 7, 1],
  [8, 3],
  [4, 4, 6, 1],
];
/** Id 1 is left out, as a special token is. */
const isCounted = (id: number) => id !== 1;

describe("What a module reads in the base model", () => {
  it("is averaged over the counted positions of each row, alone as beside other rows", () => {
    const model = loadCausalModel(config, weights);
    const names = ["model.layers.1.mlp.down_proj", "model.layers.0.self_attn.q_proj"];
    const modules = model.projections.filter(({ module }) => names.includes(module));
    const forward = inputMeansForward(model, modules);
    const rows = texts.map((ids, row) => ({ row: 10 + row, ids, domain: 0 }));
    const alive = liveTensors();
    const passes = [rows.slice(0, 2), rows.slice(2)].map((own) => {
      const laid = layTokenBatch(own, 0, isCounted);
      return { forward: () => forward(laid) };
    });
    const placeOf = new Map([10, 11, 12].map((row) => [row, 12 - row]));
    const found = wholly(readModuleInputs(placeOf, passes));
    expect(liveTensors()).toBe(alive);
    expect([...found.keys()].sort()).toEqual(names.toSorted());
    for (const { module, dIn } of modules) {
      expect(found.get(module)?.channels).toBe(dIn);
      const states = found.get(module)?.states ?? new Float32Array();
      for (const [row, ids] of texts.entries()) {
        const read = inputOf(model, module, ids);
        const counted = ids.flatMap((id, position) => (isCounted(id) ? [position] : []));
        for (let channel = 0; channel < dIn; channel++) {
          const mean = counted.reduce((sum, position) => sum + (read[position * dIn + channel] ?? 0), 0) / counted.length;
          expect(states[(2 - row) * dIn + channel]).toBeCloseTo(mean, 5);
        }
      }
    }
    model.free();
  });

  it("names a row that is not one of those to read", () => {
    const passes = [
      {
        // biome-ignore lint/correctness/useYield: a pass in one part
        *forward() {
          return new Map([["a", { rows: [3], means: Float32Array.of(1) }]]);
        },
      },
    ];
    expect(() => wholly(readModuleInputs(new Map(), passes))).toThrow("row 3 is not one of the rows to read");
  });
});

/** (tokens, dIn) */
function inputOf(model: ReturnType<typeof loadCausalModel>, module: string, ids: readonly number[]): Float32Array {
  let read = new Float32Array();
  const hooks: ProjectionHooks = {
    at: (name) =>
      name !== module
        ? undefined
        : {
            forward(x, base) {
              read = Float32Array.from(readFloats(x));
              return { output: base, saved: undefined, backward: () => undefined };
            },
          },
  };
  free(model.forward({ ids: Int32Array.from(ids), rows: 1, tokens: ids.length }, { hooks }).final);
  return read;
}

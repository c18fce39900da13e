import { expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { adapterForward } from "@/server/engine/features/adapter-forward";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { wholly } from "@/server/engine/tensor/in-parts";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { randomAdapter } from "@/tests/server/engine/adapters/random-adapter";
import { largest, largestDifference, loraSettings } from "@/tests/server/engine/tiny";
import { loadToy } from "@/tests/server/engine/toy";

const V0 = "model.layers.0.self_attn.v_proj";
const [rank, dOut, tokens] = [3, 12, 7];

it("a DoRA module's components write what goes when all of them are ablated, the rescaling of the base staying", async () => {
  await startEngine();
  const model = loadToy("llama");
  const { adapter } = randomAdapter(model.projections, loraSettings(["v_proj", "down_proj"], { rank, alpha: 5, useDora: true }));
  const ids = Int32Array.of(3, 17, 8, 8, 1, 20, 9);
  const input = layTokenBatch([{ row: 0, ids, domain: 0 }], 0);
  const kept = wholly(adapterForward(model, adapter)(input));

  /** What the module gives, with some components left. */
  function outputOf(indices: number[]): Float32Array {
    const edits: Edit[] = [{ operation: "isolate", module: V0, indices, isOn: true, scope: "all" }];
    const hooks = adapterHooks(adapter, { edits });
    let output: Float32Array = new Float32Array();
    const watching: ProjectionHooks = {
      at: (module) => {
        const hook = hooks.at(module);
        return hook === undefined || module !== V0
          ? hook
          : {
              forward(x, base, pass) {
                const made = hook.forward(x, base, pass);
                output = readFloats(made.output);
                return made;
              },
            };
      },
    };
    tidy(() => {
      model.forward({ ids, rows: 1, tokens }, { hooks: watching });
    });
    return output;
  }

  const [all, none] = [outputOf([0, 1, 2]), outputOf([])];
  const latents = kept.get(V0) ?? expect.fail("nothing was kept");
  const attached = adapter.at(V0) ?? expect.fail("no module");
  const vectors = tidy(() => readFloats(attached.vectors("decoder")));
  const norms = adapter.decoderNorms().get(V0) ?? expect.fail("no norms");
  const parts = [0, 1, 2].map((index) => outputOf([index]).map((value, at) => value - (none[at] ?? 0)));
  for (let token = 0; token < tokens; token++) {
    const at = (values: ArrayLike<number>, o: number) => values[token * dOut + o] ?? Number.NaN;
    const update = Float64Array.from({ length: dOut }, (_, o) => at(all, o) - at(none, o));
    const square = update.reduce((sum, value) => sum + value * value, 0);
    expect((latents.updateSquares[token] ?? Number.NaN) / square).toBeCloseTo(1, 4);
    for (let index = 0; index < rank; index++) {
      const part = parts[index] ?? [];
      const activation = latents.values[token * rank + index] ?? Number.NaN;
      const written = Float64Array.from({ length: dOut }, (_, o) => (5 / rank) * activation * (vectors[index * dOut + o] ?? Number.NaN));
      const given = Float64Array.from({ length: dOut }, (_, o) => at(part, o));
      expect(largestDifference(written, given)).toBeLessThan(1e-4 * Math.max(1, largest(given)));
      const along = given.reduce((sum, value, o) => sum + value * (update[o] ?? 0), 0);
      expect(Math.abs((latents.contributions[token * rank + index] ?? Number.NaN) - along)).toBeLessThan(1e-3 * Math.max(1, square));
      const norm = Math.hypot(...vectors.subarray(index * dOut, (index + 1) * dOut));
      expect(norms[index]).toBeCloseTo(norm, 4);
    }
  }
  adapter.free();
  model.free();
  expect(liveTensors()).toBe(0);
});

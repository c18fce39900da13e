import { beforeAll, describe, expect, it } from "vitest";
import type { Matrix } from "@/lib/contract/methods/tensors";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { adapterForward } from "@/server/engine/features/adapter-forward";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import type { KeptLatents } from "@/server/engine/features/kept-latents";
import { latentTable, moduleSummary } from "@/server/engine/features/latent-table";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import type { Selection } from "@/server/engine/methods/stan/stan-module";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { wholly } from "@/server/engine/tensor/in-parts";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { readAdapter } from "@/server/files/adapters/adapter-folder";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { fixturesFolder, references } from "@/tests/support/fixtures";
import { loadCausalModel } from "@/tests/support/load-causal-model";
import { randomStream } from "./random-pass";

beforeAll(async () => {
  await startEngine();
});

type Case = [architecture: string, folder: string, method: "stan" | "lora", selection: Selection];

const cases: Case[] = [
  ["llama", "stan-m64-k4", "stan", "signed"],
  ["llama", "stan-m64-k4", "stan", "relu"],
  ["llama", "stan-m64-k4", "stan", "abs"],
  ["qwen2", "stan-m64-k4", "stan", "signed"],
  ["gpt2", "stan-m64-k4", "stan", "signed"],
  ["llama", "lora-r4", "lora", "signed"],
  ["gpt2", "lora-r4", "lora", "signed"],
];

describe.runIf(fixturesFolder)("a collection's forward", references, () => {
  it.each(cases)(
    "of %s/%s (%s, %s) tells what each latent writes, as a plain float64 pass does",
    (architecture, name, method, selection) => {
      const folder = `${fixturesFolder}/tiny/${architecture}`;
      const { config, weights } = openCheckpoint(folder);
      const model = loadCausalModel(config, weights);
      weights.close();
      const { tensors, config: file } = readAdapter(`${folder}/${name}`);
      const targets = { modules: file.target_modules, layers: null };
      const settings: AdapterSettings =
        method === "stan"
          ? { method, numLatents: 64, k: 4, alpha: 1, selection, init: "zero", targets }
          : { method, rank: 4, alpha: 8, targets };
      const adapter = new Adapter(planModules(model.projections, settings), tensors);
      const random = randomStream(19);
      const rows = [11, 5, 7].map((length, row) => ({
        row,
        ids: Int32Array.from({ length }, () => 3 + Math.floor(500 * random())),
        domain: 0,
      }));
      const input = layTokenBatch(rows, 0);

      const watched = new Map<string, { indices: Int32Array; values: Float32Array }>();
      const hooks = adapterHooks(adapter, {
        onActivations: ({ module }, { indices, values }) => watched.set(module, { indices: indices.slice(), values: values.slice() }),
      });
      const { input: batch } = input;
      const { ids } = batch;
      const plain = model.forward(batch, { hooks, padding: "unread" });
      free(plain);
      const bases = baseSquares(model, adapter, batch);

      const numLatents = new Map(adapter.modules.map((module) => [module.module, module.numLatents]));
      const rank = method === "lora" ? "magnitude" : "value";
      const statistics = createCollectionStatistics({ numLatents, numDomains: 1, vocab: model.config.vocab, rank });
      const alive = liveTensors();
      const forward = adapterForward(model, adapter);
      let kept: ReadonlyMap<string, KeptLatents> = new Map();
      const keeping = (given: typeof input) => {
        kept = wholly(forward(given));
        return kept;
      };
      for (const _ of collectActivations(statistics, [input], keeping, { maxTokens: Infinity })) {
      }
      expect(liveTensors()).toBe(alive);

      for (const { module: name, scaling, dOut } of adapter.modules) {
        const ours = kept.get(name);
        const module = statistics.modules.get(name);
        if (ours === undefined || module === undefined) throw new Error(`${name} is missing`);
        // The same numbers as the adapter's own hooks, in the second layer too, which reads what the first wrote.
        expect({ indices: ours.indices, values: ours.values }).toEqual(watched.get(name));
        const matrices = new Map<string, Pick<Matrix, "data"> & { readonly shape: readonly number[] }>(
          Object.entries(tensors.get(name) ?? {}),
        );
        const decoder = matrices.get(method === "stan" ? "D" : "B");
        if (decoder === undefined) throw new Error(`${name} has no decoder`);
        const width = ours.indices.length / ids.length;
        let [ofUpdate, ofBase, largest] = [0, 0, 0];
        for (let place = 0; place < ids.length; place++) {
          if (input.batch.counted[place] === 0) continue;
          const entries = Array.from({ length: width }, (_, at) => place * width + at);
          const update = new Float64Array(dOut);
          const part = (entry: number, i: number) =>
            scaling * (ours.values[entry] ?? 0) * (decoder.data[i * (decoder.shape[1] ?? 0) + (ours.indices[entry] ?? 0)] ?? 0);
          for (const entry of entries) for (let i = 0; i < dOut; i++) update[i] = (update[i] ?? 0) + part(entry, i);
          const square = update.reduce((sum, value) => sum + value * value, 0);
          expect(Math.abs((ours.updateSquares[place] ?? 0) - square)).toBeLessThanOrEqual(2e-6 * square);
          ofUpdate += square;
          const base = bases.get(name)?.[place] ?? Number.NaN;
          ofBase += base;
          largest = Math.max(largest, Math.sqrt(square / base));
          for (const entry of entries) {
            const contribution = update.reduce((sum, value, i) => sum + value * part(entry, i), 0);
            expect(Math.abs((ours.contributions[entry] ?? 0) - contribution)).toBeLessThanOrEqual(2e-6 * square);
          }
        }
        const shares = [...latentTable(statistics, module, String)].map(({ outputShare }) => outputShare ?? 0);
        expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(1e-6);
        const summary = moduleSummary(statistics, module);
        expect(summary.updateNorm).toBeCloseTo(Math.sqrt(ofUpdate / ofBase), 6);
        expect(summary.frozenNorm).toBeCloseTo(Math.sqrt(ofBase / statistics.tokens), 4);
        expect(summary.updateRange?.max).toBeCloseTo(largest, 5);
      }
      adapter.free();
      model.free();
    },
  );
});

/** ‖W0 x + b0‖² of each position, by module, taken from the projection's own output while the adapter runs. */
function baseSquares(
  model: ReturnType<typeof loadCausalModel>,
  adapter: Adapter,
  batch: ReturnType<typeof layTokenBatch>["input"],
): Map<string, Float64Array> {
  const found = new Map<string, Float64Array>();
  const hooks = adapterHooks(adapter);
  const { final } = model.forward(batch, {
    padding: "unread",
    hooks: {
      at: (module) => {
        const hook = hooks.at(module);
        if (hook === undefined) return undefined;
        return {
          forward: (x, base, pass) => {
            const values = readFloats(base);
            const dOut = base.shape[1] ?? 1;
            found.set(
              module,
              Float64Array.from({ length: values.length / dOut }, (_, place) =>
                values.subarray(place * dOut, (place + 1) * dOut).reduce((sum, value) => sum + value * value, 0),
              ),
            );
            return hook.forward(x, base, pass);
          },
        };
      },
    },
  });
  free(final);
  return found;
}

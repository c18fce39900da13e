import { beforeAll, describe, expect, it } from "vitest";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { adapterForward } from "@/server/engine/features/adapter-forward";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { type CorpusRow, layTokenBatch } from "@/server/engine/features/token-batch";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { readAdapter } from "@/server/files/adapters/adapter-folder";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { openSafetensors } from "@/server/files/weights/safetensors";
import { fixturesFolder, references, tinyModels } from "@/tests/support/fixtures";
import { loadCausalModel } from "@/tests/support/load-causal-model";

beforeAll(async () => {
  await startEngine();
});

describe.runIf(fixturesFolder)("statistics of the fixtures' trained adapters", references, () => {
  it.each(tinyModels)("of tiny/%s equal PyTorch's: counts, sums, maxima and the ten strongest tokens", (architecture) => {
    const folder = `${fixturesFolder}/tiny/${architecture}`;
    const { config, weights } = openCheckpoint(folder);
    const model = loadCausalModel(config, weights);
    weights.close();
    const { tensors, config: file } = readAdapter(`${folder}/stan-m64-k4`);
    if (file.peft_type !== "STAN") throw new Error("the fixture's adapter is no STAN");
    const targets = { modules: file.target_modules, layers: null };
    const settings = { method: "stan", numLatents: 64, k: 4, alpha: 1, selection: "signed", init: "zero", targets } as const;
    const adapter = new Adapter(planModules(model.projections, settings), tensors);

    const expected = openSafetensors(`${folder}/stats.safetensors`);
    const [, rowWidth = 0] = expected.shape("input_ids");
    const ids = expected.readInts("input_ids");
    const mask = expected.readInts("attention_mask");
    const rows: CorpusRow[] = Array.from({ length: 96 }, (_, row) => {
      const length = mask.subarray(row * rowWidth, (row + 1) * rowWidth).reduce((sum, one) => sum + one, 0);
      return { row, ids: ids.slice(row * rowWidth, row * rowWidth + length), domain: 0 };
    });
    const inputs = [rows.slice(0, 41), rows.slice(41)].map((part) => layTokenBatch(part, 0));

    const numLatents = new Map(adapter.modules.map((module) => [module.module, module.numLatents]));
    const statistics = createCollectionStatistics({ numLatents, numDomains: 1, vocab: model.config.vocab, rank: "value", examples: 96 });
    const alive = liveTensors();
    const forward = adapterForward(model, adapter);
    for (const _ of collectActivations(statistics, inputs, forward, { maxTokens: Infinity })) {
    }
    adapter.release();
    expect(liveTensors()).toBe(alive);

    expect(statistics.tokens).toBe(mask.reduce((sum, one) => sum + one, 0));
    expect(statistics.modules.size).toBe(model.config.numLayers * (architecture === "gpt2" ? 1 : 2));
    // SmolLM3's states reach 17, and in float32 two computations of an activation differ by their rounding.
    const [digits, rounding] = architecture === "smollm3" ? [4, 5e-5] : [5, 1e-5];
    for (const [name, module] of statistics.modules) {
      expect(Array.from(module.fireCount)).toEqual(Array.from(expected.readInts(`${name}.count`)));
      const sums = expected.readStored(`${name}.sum`).data;
      const maxima = expected.read(`${name}.max`);
      const topValues = expected.read(`${name}.top_values`);
      const topIndex = expected.readInts(`${name}.top_index`);
      for (let latent = 0; latent < 64; latent++) {
        const sum = sums[latent] ?? Number.NaN;
        expect(Math.abs((module.sum[latent] ?? 0) - sum)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(sum)));
        if (module.fireCount[latent] === 0) expect([module.max[latent], maxima[latent]]).toEqual([-Infinity, -Infinity]);
        else expect(module.max[latent]).toBeCloseTo(maxima[latent] ?? Number.NaN, digits);

        // The fixture lists tokens, ours rows: each row's window holds all of its tokens at which the latent fires.
        const ours = module.examples
          .of(latent)
          .flatMap(({ row, position, offsets, activations }) =>
            Array.from(offsets, (offset, at) => ({ index: row * rowWidth + position + offset, value: activations[at] ?? Number.NaN })),
          )
          .sort((a, b) => b.value - a.value);
        expect(ours).toHaveLength(module.fireCount[latent] ?? -1);
        for (let rank = 0; rank < 10; rank++) {
          const [index, value] = [topIndex[latent * 10 + rank] ?? -1, topValues[latent * 10 + rank] ?? 0];
          expect(ours[rank]?.value ?? -Infinity).toBeCloseTo(value, digits);
          // Where rounding decides between two tokens, either may stand first.
          const near = ours.filter((each) => Math.abs(each.value - value) < rounding).map((each) => each.index);
          if (index >= 0) expect(near).toContain(index);
        }
      }
    }
    expected.close();
    adapter.free();
    model.free();
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterForward } from "@/server/engine/features/adapter-forward";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { wholeWindow } from "@/server/engine/features/examples/window-arena";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";
import { promptPasses } from "@/server/runtime/collections/collection-pass";
import { loadAdapter } from "@/server/runtime/models/load-adapter";
import { readTokenRowFile } from "@/server/runtime/rows/token-row";
import { openTiny, type Tiny } from "@/tests/server/engine/tiny";
import { demandReader, TINY_LLAVAS } from "@/tests/server/engine/tiny-llava";
import { fixturesFolder, references } from "@/tests/support/fixtures";

describe.runIf(fixturesFolder).each(TINY_LLAVAS)("statistics of the trained adapter of tiny/%s", references, (architecture) => {
  let tiny: Tiny;
  let adapter: Adapter;
  let expected: SafetensorsFile;
  const folder = `${fixturesFolder}/tiny/${architecture}`;

  beforeAll(async () => {
    await startEngine();
    tiny = openTiny(fixturesFolder ?? "", architecture);
    adapter = loadAdapter(`${folder}/stan-m64-k4`, tiny.model);
    expected = openSafetensors(`${folder}/stats.safetensors`);
  });
  afterAll(() => {
    adapter.free();
    tiny.model.free();
    tiny.values.close();
    expected.close();
    expect(liveTensors()).toBe(0);
  });

  it("equal PyTorch's: counts, sums, maxima, and firings at each place of an image and elsewhere", () => {
    const { vocab } = tiny.model.config;
    const { imageToken } = demandReader(tiny).config;
    const rows = readTokenRowFile(`${folder}/stats.safetensors`, { vocab, purpose: "read", reader: tiny.model.images });
    expect(rows).toHaveLength(24);
    const numLatents = new Map(adapter.modules.map((module) => [module.module, module.numLatents]));
    const statistics = createCollectionStatistics({
      numLatents,
      numDomains: 1,
      vocab,
      rank: "value",
      examples: 24,
      window: wholeWindow(29),
    });
    const lay = promptPasses(tiny.model, (model) => adapterForward(model, adapter), 0);
    const passes = [rows.slice(0, 7), rows.slice(7)].map((part) =>
      lay(
        part.map((row) => ({ row, domain: 0 })),
        () => true,
      ),
    );
    for (const _ of collectActivations(statistics, passes, (pass) => pass.forward(), { maxTokens: Infinity })) {
    }
    adapter.release();
    expect(statistics.tokens).toBe(rows.reduce((sum, { ids }) => sum + ids.length, 0));
    /** By row: the places of its image tokens. */
    const imageAt = rows.map(
      ({ ids }) => new Map([...ids].flatMap((id, at) => (id === imageToken ? [at] : [])).map((at, place) => [at, place])),
    );
    for (const [name, module] of statistics.modules) {
      expect(Array.from(module.fireCount), name).toEqual(Array.from(expected.readInts(`${name}.count`)));
      const sums = expected.readStored(`${name}.sum`).data;
      const maxima = expected.read(`${name}.max`);
      const countAt = expected.readInts(`${name}.count_at`);
      const countText = expected.readInts(`${name}.count_text`);
      for (let latent = 0; latent < 64; latent++) {
        expect(Math.abs((module.sum[latent] ?? 0) - (sums[latent] ?? Number.NaN))).toBeLessThan(1e-4);
        if ((module.fireCount[latent] ?? 0) > 0) expect(module.max[latent]).toBeCloseTo(maxima[latent] ?? Number.NaN, 4);
        const places = new Int32Array(16);
        let text = 0;
        for (const { row, position, offsets } of module.examples.of(latent)) {
          for (const offset of offsets) {
            const place = imageAt[row]?.get(position + offset);
            if (place === undefined) text += 1;
            else places[place] = (places[place] ?? 0) + 1;
          }
        }
        if (module.examples.of(latent).length === 0) continue;
        expect([...places, text], `${name} ${latent}`).toEqual([...countAt.subarray(latent * 16, (latent + 1) * 16), countText[latent]]);
      }
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { adapterForward } from "@/server/engine/features/adapter-forward";
import { collectActivations } from "@/server/engine/features/collect";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { layImageBatch } from "@/server/engine/features/image-batch";
import { startEngine } from "@/server/engine/tensor/backend";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { readAdapter } from "@/server/files/adapters/adapter-folder";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";
import { stanSettings } from "@/tests/server/engine/tiny";
import { openTinyVision, type TinyVision, tinyImages, tinyVisionStart, VISION_ENCODERS } from "@/tests/server/engine/tiny-vision";
import { fixturesFolder, references } from "@/tests/support/fixtures";

describe.runIf(fixturesFolder).each(VISION_ENCODERS)("statistics of the trained adapter of tiny/%s", references, (architecture) => {
  let tiny: TinyVision;
  let adapter: Adapter;
  let expected: SafetensorsFile;

  beforeAll(async () => {
    await startEngine();
    tiny = openTinyVision(fixturesFolder ?? "", architecture);
    const folder = `${fixturesFolder}/tiny/${architecture}`;
    const { tensors } = readAdapter(`${folder}/stan-m64-k4`);
    adapter = new Adapter(planModules(tiny.encoder.projections, stanSettings(tiny.expected.targets)), tensors);
    expected = openSafetensors(`${folder}/stats.safetensors`);
  });
  afterAll(() => {
    adapter.free();
    tiny.encoder.free();
    tiny.values.close();
    expected.close();
    expect(liveTensors()).toBe(0);
  });

  it("equal PyTorch's: counts, sums, maxima, and the strongest places, the class token among them", () => {
    const [numImages = 0, channels = 0, height = 0, width = 0] = expected.shape("pixel_values");
    const pixels = expected.read("pixel_values");
    const size = pixels.length / numImages;
    const images = Array.from({ length: numImages }, (_, row) => ({
      row,
      image: { pixels: pixels.subarray(row * size, (row + 1) * size), channels, height, width },
      domain: 0,
    }));
    const inputs = [images.slice(0, 5), images.slice(5)].map((part) => layImageBatch(part, tiny.encoder.inputs));
    const tokens = inputs[0]?.width ?? 0;
    const numLatents = new Map(adapter.modules.map((module) => [module.module, module.numLatents]));
    const statistics = createCollectionStatistics({ numLatents, numDomains: 1, vocab: 0, rank: "value", examples: numImages });
    for (const _ of collectActivations(statistics, inputs, adapterForward(tiny.encoder, adapter), { maxTokens: Infinity })) {
    }
    adapter.release();
    expect(statistics.tokens).toBe(numImages * tokens);
    expect([...statistics.modules.keys()]).toEqual(tiny.expected.modules);
    for (const [name, module] of statistics.modules) {
      expect(Array.from(module.fireCount), name).toEqual(Array.from(expected.readInts(`${name}.count`)));
      const sums = expected.readStored(`${name}.sum`).data;
      const maxima = expected.read(`${name}.max`);
      const topIndex = expected.readInts(`${name}.top_index`);
      const topValues = expected.read(`${name}.top_values`);
      for (let latent = 0; latent < 64; latent++) {
        expect(Math.abs((module.sum[latent] ?? 0) - (sums[latent] ?? Number.NaN))).toBeLessThan(1e-4);
        if (module.fireCount[latent] === 0) expect([module.max[latent], maxima[latent]]).toEqual([-Infinity, -Infinity]);
        else expect(module.max[latent]).toBeCloseTo(maxima[latent] ?? Number.NaN, 4);
        const ours = module.examples
          .of(latent)
          .flatMap(({ row, position, offsets, activations }) =>
            Array.from(offsets, (offset, at) => ({ index: row * tokens + position + offset, value: activations[at] ?? Number.NaN })),
          )
          .sort((a, b) => b.value - a.value);
        expect(ours).toHaveLength(module.fireCount[latent] ?? -1);
        for (let rank = 0; rank < Math.min(10, ours.length); rank++) {
          const value = topValues[latent * 10 + rank] ?? Number.NaN;
          expect(ours[rank]?.value).toBeCloseTo(value, 4);
          const near = ours.filter((each) => Math.abs(each.value - value) < 5e-5).map((each) => each.index);
          expect(near).toContain(topIndex[latent * 10 + rank]);
        }
      }
    }
  });

  it("are of the tokens that PyTorch counts at each place, by what is kept there", () => {
    const [numImages = 0, channels = 0, height = 0, width = 0] = expected.shape("pixel_values");
    const image = { pixels: expected.read("pixel_values"), channels, height, width };
    const size = image.pixels.length / numImages;
    const rows = Array.from({ length: numImages }, (_, row) => [
      { image: { ...image, pixels: image.pixels.subarray(row * size, (row + 1) * size) } },
    ]);
    const batch = tiny.encoder.inputs.lay(rows);
    const counts = new Map(tiny.expected.modules.map((module) => [module, new Int32Array(64 * batch.tokens)]));
    const hooks = adapterHooks(adapter, {
      onActivations({ module }, { indices, width: kept }) {
        const own = counts.get(module);
        indices.forEach((latent, at) => {
          const place = latent * batch.tokens + (Math.floor(at / kept) % batch.tokens);
          if (own !== undefined) own[place] = (own[place] ?? 0) + 1;
        });
      },
    });
    free(tiny.encoder.forward(batch, { hooks }).final);
    for (const [module, own] of counts) expect(Array.from(own), module).toEqual(Array.from(expected.readInts(`${module}.count_at`)));
    adapter.release();
  });

  it("begin with the pre-activations of PyTorch", () => {
    const { adapter: start, head } = tinyVisionStart(tiny, "stan");
    const found = new Map<string, { indices: Int32Array; values: Float32Array }>();
    const hooks = adapterHooks(start, {
      onActivations: ({ module }, { indices, values }) => found.set(module, { indices: indices.slice(), values: values.slice() }),
    });
    free(tiny.encoder.forward(tinyImages(tiny, 0), { hooks }).final);
    expect([...found.keys()]).toEqual(tiny.expected.modules);
    for (const [module, { indices, values }] of found) {
      const wanted = tiny.values.read(`stan.preact.${module}`);
      expect(indices.length).toBe((4 * wanted.length) / 64);
      indices.forEach((latent, at) => {
        expect(Math.abs((values[at] ?? Number.NaN) - (wanted[Math.floor(at / 4) * 64 + latent] ?? Number.NaN))).toBeLessThan(2e-5);
      });
    }
    start.free();
    head.free();
  });
});

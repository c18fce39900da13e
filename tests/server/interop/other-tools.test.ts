import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import type { LatentRow } from "@/lib/contract/latent";
import type { ArchiveFile } from "@/server/interop/archives/write-tar";
import { cantorPair, circuitTracerFeature } from "@/server/interop/circuit-tracer";
import { delphiFiles } from "@/server/interop/delphi";
import { toFloat16 } from "@/server/interop/float16";
import { latentsParquet } from "@/server/interop/latents-parquet";
import { sourceIdsOf } from "@/server/interop/source-ids";
import { example, exportedLatent } from "@/tests/support/exported-latent";

describe("a circuit-tracer feature", () => {
  it("has top examples, then quantiles from the strongest, with the firing token's place", () => {
    const feature = circuitTracerFeature(exportedLatent(5), "3-stan-q_proj-r1");
    expect(feature).toMatchObject({
      transcoder_id: "3-stan-q_proj-r1",
      index: cantorPair(3, 5),
      top_logits: [" sugar"],
      bottom_logits: [" the"],
      activation_frequency: 0.05,
    });
    expect(feature.examples_quantiles.map(({ quantile_name, examples }) => [quantile_name, examples.length])).toEqual([
      ["Top", 2],
      ["Rank 75–100 %", 1],
      ["Rank 0–75 %", 1],
    ]);
    expect(feature.examples_quantiles[0]?.examples[0]).toEqual({
      tokens: ["one", " cup", " of"],
      tokens_acts_list: [0, 6, 0],
      train_token_ind: 1,
      is_repeated_datapoint: false,
    });
  });

  it("marks a firing that an earlier group shows as repeated, and not one that stands for others like it", () => {
    const shared = example(["one", " cup"], [0, 6], { duplicates: 4 });
    const band = { from: 0, to: 1, firings: 10, lowest: 0.5, highest: 6, examples: [shared, example(["b"], [2], { context: 2 })] };
    const feature = circuitTracerFeature({ ...exportedLatent(0), examples: [shared], bands: [band] }, "s");
    expect(feature.examples_quantiles.map(({ examples }) => examples.map((each) => each.is_repeated_datapoint))).toEqual([
      [false],
      [true, false],
    ]);
  });

  it("is coloured from 0, and its histogram spans what it says: a single firing, positive or negative, is not as pale as no firing", () => {
    const single = (value: number) => {
      const none = new Array<number>(64).fill(0);
      const once = none.with(37, 1);
      const histogram = value > 0 ? { positive: once, negative: none } : { positive: none, negative: once };
      const {
        act_min,
        act_max,
        histogram: bars,
      } = circuitTracerFeature({ ...exportedLatent(0, { minActivation: value, maxActivation: value }), histogram }, "s");
      return { act_min, act_max, first: bars[0], last: bars.at(-1) };
    };
    expect(single(6)).toEqual({ act_min: 0, act_max: 6, first: 0, last: expect.closeTo(0.35, 2) });
    expect(single(-6)).toEqual({ act_min: -6, act_max: 0, first: expect.closeTo(0.35, 2), last: 0 });
  });

  it("is numbered by the Cantor pairing", () => {
    expect([cantorPair(0, 0), cantorPair(1, 0), cantorPair(0, 1), cantorPair(2, 3)]).toEqual([0, 1, 2, 18]);
  });
});

describe("a delphi cache", () => {
  it("holds the firings of stored windows once each, by latent, row and position, with the rows they point into", async () => {
    async function* batches() {
      yield [
        { index: 0, windows: [{ context: 1, positions: [2, 3], activations: [0.5, -2] }] },
        // Strongest first, as they are stored: two windows of a row that overlap, and one of another row between them.
        {
          index: 4,
          windows: [
            { context: 0, positions: [1], activations: [7] },
            { context: 1, positions: [3], activations: [5] },
            { context: 0, positions: [0, 1], activations: [1, 7] },
          ],
        },
      ];
    }
    const about = { modelName: "some/model", corpus: "recipes", tokens: 200 };
    const files: ArchiveFile[] = [];
    for await (const file of delphiFiles(
      [{ name: "layers.0.q", numLatents: 5, batches }],
      [
        [11, 12, 13],
        [21, 22, 23, 24],
      ],
      about,
    ))
      files.push(file);
    expect(files.map(({ name }) => name)).toEqual(["layers.0.q/0_4.safetensors", "layers.0.q/config.json"]);
    const [tensors, config] = files.map(({ bytes }) => Buffer.from(bytes));
    if (tensors === undefined || config === undefined) throw new Error("two files were expected");
    const headerBytes = Number(tensors.readBigUInt64LE(0));
    const header = JSON.parse(tensors.toString("utf8", 8, 8 + headerBytes));
    const data = tensors.subarray(8 + headerBytes);
    expect(header).toMatchObject({
      tokens: { dtype: "I32", shape: [2, 32] },
      locations: { dtype: "U16", shape: [5, 3] },
      activations: { dtype: "F16", shape: [5] },
    });
    const shorts = (name: string) =>
      Array.from({ length: (header[name].data_offsets[1] - header[name].data_offsets[0]) / 2 }, (_, i) =>
        data.readUInt16LE(header[name].data_offsets[0] + 2 * i),
      );
    expect(shorts("locations")).toEqual([1, 2, 0, 1, 3, 0, 0, 0, 4, 0, 1, 4, 1, 3, 4]);
    expect(shorts("activations")).toEqual([0x3800, 0xc000, 0x3c00, 0x4700, 0x4500]);
    expect(data.readInt32LE(header.tokens.data_offsets[0] + 4 * 34)).toBe(23);
    expect(JSON.parse(config.toString("utf8"))).toMatchObject({
      ctx_len: 32,
      model_name: "some/model",
      stanscope: { collectedTokens: 200, examples: expect.stringContaining("min_examples") },
    });
  });
});

it.each([
  [1, 0x3c00],
  [-2, 0xc000],
  [65_504, 0x7bff],
  [65_520, 0x7c00],
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -25, 0x0000],
  [3 * 2 ** -25, 0x0002],
  // Half way between two halves: to the even one.
  [1 + 2 ** -11, 0x3c00],
  [1 + 3 * 2 ** -11, 0x3c02],
  [2 - 2 ** -12, 0x4000],
  [Number.NEGATIVE_INFINITY, 0xfc00],
  [Number.NaN, 0x7e00],
])("%f in half precision has the bits %i", (value, bits) => {
  expect(toFloat16(value)).toBe(bits);
});

describe("the table of latents as Parquet", () => {
  it("is read back with its numbers, texts and missing values", async () => {
    async function* rows(): AsyncGenerator<LatentRow> {
      yield exportedLatent(0).row;
      yield exportedLatent(1, { maxActivation: null, label: { text: "measures", source: "person" }, topTokens: [] }).row;
    }
    const parts: Uint8Array[] = [];
    for await (const part of latentsParquet(rows(), ["recipes", "code"])) parts.push(part);
    const bytes = new Uint8Array(Buffer.concat(parts));
    const read = await parquetReadObjects({ file: bytes.buffer });
    expect(read).toMatchObject([
      {
        module: "model.layers.3.q_proj",
        index: 0,
        density: 0.05,
        maxActivation: 6,
        label: null,
        "fireCount recipes": 8,
        "fireCount code": 2,
      },
      { index: 1, maxActivation: null, label: "measures", labelSource: "person", topTokens: [] },
    ]);
    expect(read[0]?.["topTokens"]).toEqual([{ token: " cup", count: 7, error: 0, lift: 20 }]);
  });

  it("is a file too when there is no row", async () => {
    const parts: Uint8Array[] = [];
    for await (const part of latentsParquet((async function* () {})(), [])) parts.push(part);
    expect(await parquetReadObjects({ file: new Uint8Array(Buffer.concat(parts)).buffer })).toEqual([]);
  });
});

it("Source ids start with the layer, and distinguish modules that share layer and projection", () => {
  const modules = [
    { layer: 12, projection: "q_proj", name: "model.layers.12.self_attn.q_proj" },
    { layer: 0, projection: "dense", name: "layer.0.attention.output.dense" },
    { layer: 0, projection: "dense", name: "layer.0.output.dense" },
  ];
  expect(sourceIdsOf(modules, { method: "stan", id: "r1" })).toEqual([
    "12-stan-q_proj-r1",
    "0-stan-layer.0.attention.output.dense-r1",
    "0-stan-layer.0.output.dense-r1",
  ]);
  // Neuronpedia takes what follows two underscores for no part of a set's name.
  expect(sourceIdsOf([{ layer: 1, projection: "in__proj", name: "layers.1.in__proj" }], { method: "stan", id: "r1" })).toEqual([
    "1-stan-in_proj-r1",
  ]);
});

import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { PACKED_NAMES } from "@/lib/numbers/blocks/block-formats";
import type { PackedRows } from "@/lib/numbers/blocks/packed-rows";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { freeSequence } from "@/server/engine/models/sequence";
import type { FrozenForm, WeightSource } from "@/server/engine/models/weights";
import { readFloats } from "@/server/engine/tensor/create";
import { fitsNf4, fromBlocks, inFloat32, packBfloat16, packNf4 } from "@/server/engine/tensor/packed";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { openCheckpoint } from "@/server/files/weights/checkpoint-folder";
import { describeEachEngine, worstDifference } from "@/tests/server/engine/tensor/engines";
import { stanSettings } from "@/tests/server/engine/tiny";
import { goldenFolder } from "@/tests/support/fixtures";
import { loadCausalModel } from "@/tests/support/load-causal-model";
import { type Formats, writePackedLlama } from "@/tests/support/packed-llama";

const CLOSE = 1e-5;
const texts = [Int32Array.of(3, 8, 1, 20, 9, 4, 31), Int32Array.of(7, 7, 2)];
/** The first token of a row has nothing before it to be predicted from. */
const labels = Int32Array.from({ length: 24 }, (_, i) => (i % 12 === 0 ? -100 : (i * i + 5 * i) % 40));
const ids = Int32Array.from({ length: 24 }, (_, i) => (i * i + 5 * i) % 40);

afterEach(() => {
  expect(liveTensors()).toBe(0);
});

function load(path: string, frozen: FrozenForm, change: (source: WeightSource) => WeightSource = (source) => source): CausalModel {
  const { config, weights } = openCheckpoint(path);
  const model = loadCausalModel(config, change(weights), { frozen });
  weights.close();
  return model;
}

/** Logits of a pass over two rows; of prompts and of one more token of each; a STAN adapter's loss and gradients; all with the adapter. */
function numbersOf(model: CausalModel): number[][] {
  const adapter = Adapter.create(
    model.projections,
    stanSettings([...model.config.defaultTargets], { numLatents: 32, k: 4, init: "small" }),
    2,
  );
  const hooks: ProjectionHooks = adapterHooks(adapter);
  const numbers = tidy(() => {
    const pass = readFloats(model.logits(model.forward({ ids, rows: 2, tokens: 12 }, { hooks }).final));
    const { sequences, logits } = model.prefill(texts, { hooks, maxTokens: 20 });
    const step = readFloats(model.decode(sequences, Int32Array.of(5, 6), hooks));
    for (const sequence of sequences) freeSequence(sequence);
    const { lossSum, gradients } = model.lossAndGradients({ ids, labels, rows: 2, tokens: 12 }, adapter.trainingHooks(), 1 / 22);
    const entries = [...gradients].sort(([a], [b]) => a.localeCompare(b));
    const made = [pass, readFloats(logits), step, [lossSum], ...entries.map(([, gradient]) => readFloats(gradient))];
    free(gradients);
    return made.map((values) => Array.from(values));
  });
  adapter.free();
  return numbers;
}

function expectSame(got: CausalModel, want: CausalModel): void {
  const [packed, dense] = [numbersOf(got), numbersOf(want)];
  got.free();
  want.free();
  expect(packed).toHaveLength(dense.length);
  packed.forEach((values, i) => {
    expect(worstDifference(values, dense[i] ?? [])).toBeLessThan(CLOSE);
  });
}

/** As llama.cpp's "Q4_K_M": v and down in more bits than the rest. */
const mixed: Formats = [
  ["attn_v", "Q6_K"],
  ["ffn_down", "Q6_K"],
  ["token_embd", "Q5_K"],
  ["", "Q4_K"],
];

describeEachEngine("a GGUF model whose weights stay packed", () => {
  test.each<[string, Formats]>([
    ["Q4_0", [["", "Q4_0"]]],
    ["formats mixed", mixed],
  ])("with %s computes, decodes and differentiates as with its dequantised weights", (_, formats) => {
    const { path } = writePackedLlama(formats);
    expectSame(load(path, "stored"), load(path, "float32"));
  });
});

describeEachEngine("a model in NF4", () => {
  test("computes as one whose projections were rounded to NF4, and embeddings to bfloat16", () => {
    const { path } = writePackedLlama([["", "Q8_0"]]);
    expectSame(load(path, "nf4"), load(path, "float32", roundedToNf4));
  });
});

describe("the frozen weights of a packed model", () => {
  test.each(PACKED_NAMES.filter((name) => name !== "NF4"))("take the file's bytes in %s, and vectors float32", (format) => {
    const { path } = writePackedLlama([["", format]]);
    const { weights } = openCheckpoint(path);
    const expected = weights.names().reduce((sum, name) => sum + bytesOf(weights.blocks?.(name), 4 * (weights.shape(name)[0] ?? 0)), 0);
    weights.close();
    const model = load(path, "stored");
    expect(model.weightBytes).toBe(expected);
    expect(model.bytes).toBe(expected);
    expect(model.decodingIn("bfloat16")).toBe(model);
    model.free();
  });

  test("take 4.5 bits a weight in NF4, with the embedding in bfloat16", () => {
    const { path, vocab } = writePackedLlama([["", "Q8_0"]]);
    const model = load(path, "nf4");
    const weights = model.projections.reduce((sum, { dIn, dOut }) => sum + dIn * dOut, 0);
    expect(model.bytes).toBe((weights * 4.5) / 8 + 2 * vocab * 256 + 4 * 5 * 256);
    model.free();
  });

  test("in NF4 take an embedding in bfloat16 as it is, without reading it as floats", () => {
    const { path } = writePackedLlama([
      ["token_embd", "BF16"],
      ["", "Q8_0"],
    ]);
    const unread = (source: WeightSource): WeightSource => ({
      ...source,
      read: (name) => (name.includes("embed") ? expect.fail(`${name} is read as floats`) : source.read(name)),
    });
    expectSame(load(path, "nf4", unread), load(path, "nf4"));
  });

  test("in NF4 are made of packed matrices without reading any as floats at once", () => {
    const { path } = writePackedLlama([["", "F16"]]);
    const matrices: string[] = [];
    const watched = (source: WeightSource): WeightSource => ({
      ...source,
      read(name) {
        if (source.shape(name).length > 1) matrices.push(name);
        return source.read(name);
      },
    });
    expectSame(
      load(path, "nf4", watched),
      load(path, "nf4", (source) => ({ ...source, blocks: () => undefined })),
    );
    expect(matrices).toEqual([]);
  });

  test("are those of a joined projection, row by row, in GPT-NeoX", () => {
    const path = join(goldenFolder, "tiny/gpt_neox/gguf/model-q8_0.gguf");
    const [packed, dense] = [load(path, "stored"), load(path, "float32")];
    packed.projections.forEach(({ weight }, i) => {
      expect(tidy(() => readFloats(inFloat32(weight)))).toEqual(byOutput(dense.projections[i]));
    });
    packed.free();
    dense.free();
  });
});

function byOutput(projection: CausalModel["projections"][number] | undefined): Float32Array {
  if (projection === undefined) return expect.fail("a projection is missing");
  const { weight, isHeldByInput, dIn, dOut } = projection;
  const values = readFloats(weight);
  if (!isHeldByInput) return values;
  return Float32Array.from(values, (_, at) => values[(at % dIn) * dOut + Math.floor(at / dIn)] as number);
}

function bytesOf(packed: PackedRows | undefined, otherwise: number): number {
  return packed === undefined ? otherwise : [...packed.pieces()].reduce((sum, { bytes }) => sum + bytes.length, 0);
}

function roundedToNf4(source: WeightSource): WeightSource {
  return {
    names: () => source.names(),
    shape: (name) => source.shape(name),
    read(name) {
      const values = source.read(name);
      const [rows = 0, d] = source.shape(name);
      if (d === undefined || !fitsNf4(d)) return values;
      const packed = name.includes("embed") ? packBfloat16(values) : packNf4(values);
      return tidy(() => readFloats(inFloat32(fromBlocks(packed, [rows, d]))));
    },
  };
}

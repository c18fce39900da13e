import { expect, it, test } from "vitest";
import { adaptStep, type LoraStepWeights, type RowRange, type StanStepWeights } from "@/server/engine/tensor/adapter-step";
import { add } from "@/server/engine/tensor/arithmetic";
import { createKeyValueCache, freeCache, type KeyValueCache, rotaryAttendStep, rotaryTables } from "@/server/engine/tensor/attention";
import { readFloats, scalar, toBfloat16 } from "@/server/engine/tensor/create";
import { dims } from "@/server/engine/tensor/execute";
import { slice } from "@/server/engine/tensor/layout";
import { fromBlocks, packNf4 } from "@/server/engine/tensor/packed";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { linearAdd, normGatedLinear, normGeluGatedLinear, normLinear, stepLinear } from "@/server/engine/tensor/step";
import type { StepUpdate } from "@/server/engine/tensor/step-updates";
import { type AttentionStepParts, attentionStep, mlpStep } from "@/server/engine/tensor/sub-layer-step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { describeEachEngine, randomTensor, randomValues, valuesOf } from "./engines";

const EPS = 1e-5;
/** Widths are whole blocks of NF4; each pair of query heads shares a key head. */
const [rows, d, width, dHead, heads, kvHeads] = [3, 128, 192, 16, 4, 2];
const [dQ, dKv] = [heads * dHead, kvHeads * dHead];
const positions = Int32Array.of(0, 2, 1);

const HELD: Readonly<Record<string, (shape: readonly [number, number], seed: number) => Tensor>> = {
  float32: randomTensor,
  bfloat16: (shape, seed) => toBfloat16(randomTensor(shape, seed)),
  NF4: (shape, seed) => fromBlocks(packNf4(randomValues(shape[0] * shape[1], seed)), shape),
};

describeEachEngine("a sub-layer of a step", () => {
  for (const [dtype, held] of Object.entries(HELD)) {
    test.each(["silu", "gelu-tanh"] as const)(`mlpStep gives what its parts give, ${dtype}, %s`, (activation) => {
      const got = valuesOf(() => {
        const { x, gain, gateUp, down } = mlp(held);
        return mlpStep(x, { gain, eps: EPS }, gateUp, down, activation);
      });
      const want = valuesOf(() => {
        const { x, gain, gateUp, down } = mlp(held);
        return linearAdd((activation === "silu" ? normGatedLinear : normGeluGatedLinear)(x, gain, EPS, gateUp), down, x);
      });
      expect(got).toEqual(want);
    });

    test(`attentionStep gives what its parts give, also what the caches hold, ${dtype}`, () => {
      expectTheSame(held, { q: [], k: [], v: [], output: [] }, undefined);
    });

    test(`attentionStep adds adapters to their rows, ${dtype}`, () => {
      const ofInput: readonly Own[] = [{ numLatents: 41, k: 3, selection: "signed", rows: { from: 0, to: rows } }];
      const ofSome: readonly Own[] = [
        { numLatents: 23, k: 23, selection: "abs", rows: { from: 0, to: 1 } },
        { numLatents: 29, k: 2, selection: "relu", rows: { from: 1, to: rows } },
      ];
      expectTheSame(held, { q: ofInput, k: [], v: ofSome, output: [] }, 0.7);
      expectTheSame(held, { q: [], k: ofSome, v: [], output: ofInput }, undefined);
    });
  }

  for (const [dtype, held] of Object.entries(HELD)) {
    test(`attentionStep adds LoRA to its rows, beside STAN, ${dtype}`, () => {
      const ofInput: readonly Own[] = [{ rank: 5, rows: { from: 0, to: rows } }];
      const ofSome: readonly Own[] = [
        { rank: 18, rows: { from: 0, to: 2 } },
        { numLatents: 29, k: 2, selection: "relu", rows: { from: 2, to: rows } },
      ];
      expectTheSame(held, { q: ofInput, k: [], v: ofSome, output: [] }, undefined);
      expectTheSame(held, { q: [], k: ofSome, v: ofInput, output: ofSome }, 0.7);
    });
  }

  it("prepares updates once for the same lists, and anew for others and for another step", () => {
    withCaches((caches) => {
      const update = (scaling: number, dIn = d, dOut = dQ): StepUpdate => ({
        weights: { A: randomTensor([3, dIn], 1), B: randomTensor([dOut, 3], 2), scaling },
        range: { from: 0, to: rows },
      });
      const first = [update(1)];
      const run = (updates: AttentionStepParts["updates"]) => {
        const { x, gain, parts } = attention(randomTensor, updates, caches);
        return Array.from(readFloats(attentionStep(x, { gain, eps: EPS }, parts)));
      };
      const once = run({ ...NONE, q: first });
      expect(run({ ...NONE, q: first })).toEqual(once);
      expect(run({ ...NONE, q: [update(2)] })).not.toEqual(once);
      expect(run(NONE)).not.toEqual(once);
      const both = run({ ...NONE, q: first, output: [update(1, dQ, d)] });
      expect(both).not.toEqual(once);
      expect(run({ ...NONE, q: first })).toEqual(once);
      const { x, gain, parts } = attention(randomTensor, { ...NONE, q: first }, caches);
      const narrow = { ...parts, caches: caches.slice(1), positions: positions.slice(1) };
      expect(() => attentionStep(slice(x, [1, 0], [rows - 1, d]), { gain, eps: EPS }, narrow)).toThrow(/rows 0…2 are not among 2/);
    });
  });

  it("computes the same after the constants that it was prepared with were given up for others", () => {
    withCaches((caches) => {
      const weights = { A: randomTensor([3, d], 1), B: randomTensor([dQ, 3], 2), scaling: 1.25 };
      const updates = { ...NONE, q: [{ weights, range: { from: 0, to: rows } }] };
      const run = () => {
        const { x, gain, parts } = attention(randomTensor, updates, caches);
        return Array.from(readFloats(attentionStep(x, { gain, eps: EPS }, parts)));
      };
      const before = run();
      for (let i = 0; i < 8200; i++) dims([i, 77, 78]);
      expect(run()).toEqual(before);
    });
  });

  it("leaves scalars of an adapter's factor as scalars", () => {
    withCaches((caches) => {
      const weights: StanStepWeights = {
        E: randomTensor([5, d], 1),
        D: randomTensor([5, dQ], 2),
        k: 2,
        scaling: 0.8125,
        selection: "signed",
      };
      const updates = { ...NONE, q: [{ weights, range: { from: 0, to: rows } }] };
      const { x, gain, parts } = attention(randomTensor, updates, caches);
      attentionStep(x, { gain, eps: EPS }, parts);
      expect(scalar(0.8125).shape).toEqual([]);
    });
  });

  it("leaves no tensor behind, and refuses what does not fit", () => {
    const live = liveTensors();
    tidy(() => {
      const { x, gain, gateUp, down } = mlp(randomTensor);
      expect(() => mlpStep(x, { gain, eps: EPS }, down, gateUp, "silu")).toThrow(RangeError);
      expect(() => mlpStep(x, { gain, eps: EPS }, gateUp, gateUp, "silu")).toThrow(/matrices of an MLP/);
    });
    withCaches((caches) => {
      const { x, gain, parts } = attention(randomTensor, NONE, caches);
      const norm = { gain, eps: EPS };
      expect(() => attentionStep(x, norm, { ...parts, output: parts.qkv })).toThrow(/matrices of an attention/);
      expect(() => attentionStep(x, norm, { ...parts, positions: Int32Array.of(0, 1, 9) })).toThrow(/position 9/);
      const weights: StanStepWeights = { E: randomTensor([5, d], 1), D: randomTensor([5, dQ], 2), k: 6, scaling: 1, selection: "signed" };
      const updates = { ...NONE, q: [{ weights, range: { from: 0, to: rows } }] };
      expect(() => attentionStep(x, norm, { ...parts, updates })).toThrow(/k 6/);
    });
    expect(liveTensors()).toBe(live);
  });
});

type Own = { readonly rows: RowRange } & (
  | (Pick<StanStepWeights, "k" | "selection"> & { readonly numLatents: number })
  | { readonly rank: number }
);
type ByRole<T> = Readonly<Record<"q" | "k" | "v" | "output", T>>;
const NONE: AttentionStepParts["updates"] = { q: [], k: [], v: [], output: [] };

function mlp(held: (shape: readonly [number, number], seed: number) => Tensor) {
  return { x: randomTensor([rows, d], 1), gain: randomTensor([d], 2), gateUp: held([2 * width, d], 3), down: held([d, width], 4) };
}

function attention(
  held: (shape: readonly [number, number], seed: number) => Tensor,
  updates: AttentionStepParts["updates"],
  caches: readonly KeyValueCache[],
  cap?: number,
) {
  const tables = { query: rotaryTables(positions, dHead, 100, 0.25), key: rotaryTables(positions, dHead, 100) };
  const matrices = { qkv: held([dQ + 2 * dKv, d], 3), output: held([d, dQ], 4) };
  const parts: AttentionStepParts = { ...matrices, updates, tables, caches, positions, cap };
  return { x: randomTensor([rows, d], 1), gain: randomTensor([d], 2), parts };
}

function withCaches<T>(use: (caches: readonly KeyValueCache[]) => T): T {
  const caches = Array.from({ length: rows }, () => createKeyValueCache(4, kvHeads, dHead));
  try {
    return tidy(() => use(caches));
  } finally {
    caches.forEach(freeCache);
  }
}

/** Both forms of one attention, bit for bit. */
function expectTheSame(
  held: (shape: readonly [number, number], seed: number) => Tensor,
  own: ByRole<readonly Own[]>,
  cap: number | undefined,
) {
  const widths = { q: [d, dQ], k: [d, dKv], v: [d, dKv], output: [dQ, d] } as const;
  const updatesOf = (role: keyof typeof widths) =>
    own[role].map((one, at): StepUpdate => {
      const [dIn, dOut] = widths[role];
      const reader = (width: number) => {
        const values = randomTensor([width, dIn], 10 + at);
        return held === HELD["bfloat16"] ? toBfloat16(values) : values;
      };
      if ("rank" in one) {
        const weights: LoraStepWeights = { A: reader(one.rank), B: randomTensor([dOut, one.rank], 20 + at), scaling: 0.75 };
        return { weights, range: one.rows };
      }
      const { numLatents, rows: range, ...kept } = one;
      return { weights: { E: reader(numLatents), D: randomTensor([numLatents, dOut], 20 + at), scaling: 0.75, ...kept }, range };
    });
  const read = (step: (norm: { x: Tensor; gain: Tensor; parts: AttentionStepParts }) => Tensor) =>
    withCaches((caches) => {
      const updates = { q: updatesOf("q"), k: updatesOf("k"), v: updatesOf("v"), output: updatesOf("output") };
      const y = step(attention(held, updates, caches, cap));
      return [y, ...caches.flatMap(({ keys, values }) => [keys, values])].map((tensor) => Array.from(readFloats(tensor)));
    });
  const got = read(({ x, gain, parts }) => attentionStep(x, { gain, eps: EPS }, parts));
  expect(got).toEqual(read(({ x, gain, parts }) => inParts(x, gain, parts)));
}

function inParts(x: Tensor, gain: Tensor, { qkv, output, updates, tables, caches, positions: at, cap }: AttentionStepParts): Tensor {
  const adapted = (role: keyof ByRole<unknown>, input: Tensor, base: Tensor) =>
    updates[role].reduce((below, { weights, range }) => adaptStep(input, below, weights, range), base);
  const { normed, parts } = normLinear(x, gain, EPS, qkv, [dQ, dKv, dKv]);
  const [q, k, v] = parts as [Tensor, Tensor, Tensor];
  const mixed = rotaryAttendStep(adapted("q", normed, q), adapted("k", normed, k), adapted("v", normed, v), tables, caches, at, cap);
  return add(x, adapted("output", mixed, stepLinear(mixed, output)));
}

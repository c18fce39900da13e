import { expect, test } from "vitest";
import { createKeyValueCache, freeCache, rotaryTables } from "@/server/engine/tensor/attention";
import { fromValues, readFloats, toBfloat16 } from "@/server/engine/tensor/create";
import { encoderScreen } from "@/server/engine/tensor/encoder-screen";
import { tidy } from "@/server/engine/tensor/scope";
import { type AttentionStepParts, attentionStep } from "@/server/engine/tensor/sub-layer-step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { describeEachEngine, randomTensor, randomValues } from "./engines";

/** No width is a multiple of what a processor multiplies at a time. */
const [rows, d, heads, dHead] = [3, 44, 2, 6];
const dQ = heads * dHead;
const WIDTHS = [24, 41, 300];

/** Encoders whose k-th pre-activation is hard to tell from the next, by latent and place. */
const ENCODERS: readonly [string, (latent: number, at: number) => number][] = [
  ["all latents alike", (_, at) => Math.sin(at + 1)],
  ["pairs alike", (latent, at) => Math.sin((latent >> 1) * 7.1 + at * 1.3)],
  ["a last bit apart", (latent, at) => Math.fround(1.1 + Math.sin(at)) + (at === latent % d ? 2 ** -23 : 0)],
  ["a step of 8 bits apart", (latent, at) => Math.sin(at) + (at === latent % d ? latent / 65536 : 0)],
  ["of opposite signs", (latent, at) => (latent % 2 === 0 ? 1 : -1) * Math.cos((latent >> 1) + at)],
  ["a few large entries", (latent, at) => (at === latent % d ? 4000 : Math.sin(latent * 3.7 + at) * 1e-3)],
  ["zeros", () => 0],
  ["zeros but one", (latent, at) => (latent === 17 ? Math.cos(at) : 0)],
  ["too small for any scale", (latent, at) => Math.sin(latent + at) * 1e-36],
  ["too large for a norm", (latent, at) => Math.sin(latent + at) * 1e30],
  ["not a number in one", (latent, at) => (latent === 3 && at === 5 ? Number.NaN : Math.sin(latent * 2.3 + at))],
];

/** What scales the norm of the input, by place. */
const INPUTS: readonly [string, (at: number) => number][] = [
  ["zeros", () => 0],
  ["one large entry", (at) => (at === 7 ? 1e6 : 1)],
  ["too small for any scale", () => 1e-36],
  ["too large for a norm", () => 1e20],
  ["not a number in one place", (at) => (at === 7 ? Number.NaN : 1)],
];

describeEachEngine("a step with an encoder's screen", () => {
  test.each(ENCODERS)("keeps the same latents bit for bit: encoder with %s", (_, entry) => {
    for (const numLatents of WIDTHS) expectTheSame(numLatents, (i) => entry(Math.floor(i / d), i % d), randomValues(d, 2));
  });

  test("keeps the same latents bit for bit: encoder and input whose product is infinite", () => {
    const gain = new Float32Array(d).fill(1e4);
    for (const numLatents of WIDTHS) expectTheSame(numLatents, (i) => Math.sin(Math.floor(i / d) * 3.7 + (i % d)) * 1e36, gain);
  });

  test.each(INPUTS)("keeps the same latents bit for bit: input with %s", (_, gain) => {
    for (const numLatents of WIDTHS) {
      const encoder = randomValues(numLatents * d, 10);
      expectTheSame(
        numLatents,
        (i) => encoder[i] ?? 0,
        Float32Array.from({ length: d }, (_, at) => gain(at)),
      );
    }
  });
});

function expectTheSame(numLatents: number, entry: (i: number) => number, gain: Float32Array): void {
  const values = Float32Array.from({ length: numLatents * d }, (_, i) => entry(i));
  for (const isRounded of [false, true]) {
    for (const selection of ["signed", "relu", "abs"] as const) {
      const [plain, screened] = [false, true].map((isScreened) => {
        const held = (tensor: Tensor) => (isRounded ? toBfloat16(tensor) : tensor);
        return read(held, gain, () => {
          const E = held(fromValues(values, [numLatents, d]));
          const D = randomTensor([numLatents, dQ], 20);
          return [1, 5, Math.floor(numLatents / 4)].map((k, row) => ({
            weights: { E, D, k, selection, scaling: 0.75, ...(isScreened ? { screen: () => encoderScreen(E) } : {}) },
            range: { from: row, to: row + 1 },
          }));
        });
      });
      expect(screened).toEqual(plain);
    }
  }
}

/** What a step gives and leaves in the caches, of rows that each have an adapter of q and v. */
function read(held: (tensor: Tensor) => Tensor, gain: Float32Array, updatesOf: () => AttentionStepParts["updates"]["q"]): number[][] {
  const caches = Array.from({ length: rows }, () => createKeyValueCache(4, heads, dHead));
  const positions = Int32Array.of(0, 2, 1);
  try {
    return tidy(() => {
      const tables = rotaryTables(positions, dHead, 100);
      const matrices = { qkv: held(randomTensor([3 * dQ, d], 3)), output: held(randomTensor([d, dQ], 4)) };
      const updates = { q: updatesOf(), k: [], v: updatesOf(), output: [] };
      const parts = { ...matrices, updates, tables: { query: tables, key: tables }, caches, positions, cap: undefined };
      const y = attentionStep(randomTensor([rows, d], 1), { gain: fromValues(gain, [d]), eps: 1e-5 }, parts);
      return [y, ...caches.flatMap(({ keys, values }) => [keys, values])].map((tensor) => Array.from(readFloats(tensor)));
    });
  } finally {
    caches.forEach(freeCache);
  }
}

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Edit, EditScope } from "@/lib/contract/edit";
import { latentMethodOf } from "@/lib/contract/methods/methods";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { type Arm, adapterHooks, armHooks } from "@/server/engine/adapters/arms";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { freeSequence } from "@/server/engine/models/sequence";
import { type EngineOptions, startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { largestDifference } from "@/tests/server/engine/tiny";
import { loadToy } from "@/tests/server/engine/toy";
import { computedCases } from "@/tests/support/methods/methods";
import { randomAdapter } from "./random-adapter";

const TARGETS = ["q_proj", "v_proj", "down_proj"];
const V0 = "model.layers.0.self_attn.v_proj";
const Q1 = "model.layers.1.self_attn.q_proj";
const V1 = "model.layers.1.self_attn.v_proj";
const TOKENS = 11;
const PROMPT = 5;
const VOCAB = 23;
const ids = Int32Array.from({ length: TOKENS }, (_, i) => (i * 7 + 3) % VOCAB);
const on = { isOn: true, scope: "all" } as const;

const twin: EngineOptions = { prefer: "tensorflow", kernels: "twin" };
const wasm: EngineOptions = { prefer: "wasm" };
const small = computedCases(TARGETS);
const isSigned = ([name]: (typeof small)[number]) => !/relu|abs/.test(name);
const onTwin = small.filter((one) => isSigned(one) && one[1].method === "stan");
type Case = readonly [title: string, settings: AdapterSettings, engine: EngineOptions];
const CASES: readonly Case[] = [
  ...small.map(([name, settings]): Case => [name, settings, {}]),
  ...onTwin.map(([name, settings]): Case => [`${name} on TensorFlow without own kernels`, settings, twin]),
  ...small.filter(isSigned).map(([name, settings]): Case => [`${name} on WebAssembly`, settings, wasm]),
];

describe.each(CASES)("to the last bit, with %s,", (_, settings, engine) => {
  const { width } = latentMethodOf(settings).moduleSizes(settings, V0);
  let model: CausalModel;
  let adapter: Adapter;
  let live: number;

  beforeAll(async () => {
    await startEngine(engine);
    model = loadToy("llama");
    ({ adapter } = randomAdapter(model.projections, settings));
    logitsOf(adapterHooks(adapter));
    decoded(adapterHooks(adapter));
    live = liveTensors();
  });
  afterEach(() => expect(liveTensors()).toBe(live));
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  function logitsOf(hooks?: ProjectionHooks, rows = 1): Float32Array {
    const batch = {
      ids: Int32Array.from({ length: rows * TOKENS }, (_, i) => ids[i % TOKENS] as number),
      rows,
      tokens: TOKENS,
      promptLengths: new Int32Array(rows).fill(PROMPT),
    };
    return tidy(() => readFloats(model.logits(model.forward(batch, { hooks }).final)));
  }

  const edited = (...edits: Edit[]) => logitsOf(adapterHooks(adapter, { edits }));
  const plain = () => logitsOf(adapterHooks(adapter));

  /** Reads the prompt, then the rest in one-token steps: the caches after the prompt, and all logits, (steps, rows · vocab). */
  function decoded(hooks: ProjectionHooks | undefined, rows = 1): { caches: Float32Array[]; logits: Float32Array[] } {
    const { sequences, logits } = model.prefill(new Array<Int32Array>(rows).fill(ids.subarray(0, PROMPT)), { hooks, maxTokens: TOKENS });
    const caches = sequences.flatMap((sequence) => sequence.caches.flatMap(({ keys, values }) => [readFloats(keys), readFloats(values)]));
    const read = [readFloats(logits)];
    free(logits);
    for (let at = PROMPT; at < TOKENS; at++) {
      const next = model.decode(sequences, new Int32Array(rows).fill(ids[at] ?? 0), hooks);
      read.push(readFloats(next));
      free(next);
    }
    for (const sequence of sequences) freeSequence(sequence);
    return { caches, logits: read };
  }

  /** Activations of a module by token and latent, 0 where it is not kept. */
  function activationsOf(module: string): number[][] {
    const byToken = Array.from({ length: TOKENS }, () => new Array<number>(width).fill(0));
    logitsOf(
      adapterHooks(adapter, {
        tappedModules: new Set([module]),
        onActivations(_, { width: held, indices, values }) {
          values.forEach((value, at) => {
            (byToken[Math.floor(at / held)] as number[])[indices[at] as number] = value;
          });
        },
      }),
    );
    return byToken;
  }

  it("no edits are the adapter, read at once and token by token", () => {
    expect(logitsOf(adapterHooks(adapter, { edits: [] }))).toEqual(plain());
    expect(decoded(adapterHooks(adapter, { edits: [] }))).toEqual(decoded(adapterHooks(adapter)));
    expect(largestDifference(plain(), logitsOf())).toBeGreaterThan(1e-2);
  });

  it("adapterOff is the base model, alone and beside other arms, read at once and token by token", () => {
    const off: Edit[] = [{ operation: "adapterOff", ...on }];
    const clamp: Edit[] = [{ operation: "clamp", latent: { module: V0, index: 1 }, value: 2, ...on }];
    expect(edited(...off)).toEqual(logitsOf());
    expect(decoded(adapterHooks(adapter, { edits: off }))).toEqual(decoded(undefined));
    const among = (arm: Arm) => armHooks([{ adapter }, arm, { adapter, edits: clamp }]);
    const row = (logits: Float32Array) => logits.subarray(TOKENS * VOCAB, 2 * TOKENS * VOCAB);
    expect(row(logitsOf(among({ adapter, edits: off }), 3))).toEqual(row(logitsOf(among({}), 3)));
    const steps = (arm: Arm) => decoded(among(arm), 3).logits.map((logits) => logits.subarray(VOCAB, 2 * VOCAB));
    expect(steps({ adapter, edits: off })).toEqual(steps({}));
  });

  it("an edited row leaves the rows beside it alone", () => {
    const edits: Edit[] = [0, 1, 2, 3, 4].map((index) => ({ operation: "clamp", latent: { module: V0, index }, value: 2, ...on }));
    const first = (logits: Float32Array) => logits.subarray(0, TOKENS * VOCAB);
    expect(first(logitsOf(armHooks([{ adapter }, { adapter, edits }]), 2))).toEqual(
      first(logitsOf(armHooks([{ adapter }, { adapter }]), 2)),
    );
    const steps = (of: readonly Arm[]) => decoded(armHooks(of), 2).logits.map((logits) => logits.subarray(0, VOCAB));
    expect(steps([{ adapter }, { adapter, edits }])).toEqual(steps([{ adapter }, { adapter }]));
  });

  it("scale by 0 is ablatePost, isolating all latents nothing, and so are additions of 0 and bounds that are met", () => {
    for (let index = 0; index < width; index++) {
      const latent = { module: V0, index };
      expect(edited({ operation: "scale", latent, value: 0, ...on })).toEqual(edited({ operation: "ablatePost", latent, ...on }));
      expect(edited({ operation: "add", latent, value: 0, ...on })).toEqual(plain());
      expect(edited({ operation: "minClamp", latent, value: -1e6, ...on })).toEqual(plain());
    }
    const indices = Array.from({ length: width }, (_, index) => index);
    expect(edited({ operation: "isolate", module: V0, indices, ...on })).toEqual(plain());
    expect(largestDifference(edited({ operation: "ablatePost", latent: { module: V0, index: 1 }, ...on }), plain())).toBeGreaterThan(1e-3);
    expect(largestDifference(edited({ operation: "isolate", module: V0, indices: [0], ...on }), plain())).toBeGreaterThan(1e-3);
  });

  it("clamping at the observed activations changes nothing", () => {
    const edits = activationsOf(V0).flatMap((row, position) =>
      row.map((value, index): Edit => {
        const scope = { from: position, to: position };
        return { operation: "clamp", latent: { module: V0, index }, value, isOn: true, scope };
      }),
    );
    expect(edits).toHaveLength(TOKENS * width);
    expect(edited(...edits)).toEqual(plain());
  });

  it("an edit on what is generated leaves the prompt's key-value cache as it is", () => {
    const everywhere = (scope: EditScope): Edit[] =>
      adapter.modules.map(({ module }) => ({ operation: "clamp", latent: { module, index: 1 }, value: 3, isOn: true, scope }));
    const unedited = decoded(adapterHooks(adapter));
    const generated = decoded(adapterHooks(adapter, { edits: everywhere("generated") }));
    expect(generated.caches).toEqual(unedited.caches);
    expect(generated.logits[0]).toEqual(unedited.logits[0]);
    expect(largestDifference(generated.logits[1] ?? [], unedited.logits[1] ?? [])).toBeGreaterThan(1e-3);
    expect(decoded(adapterHooks(adapter, { edits: everywhere("prompt") })).caches).not.toEqual(unedited.caches);
  });

  it("an edit on positions touches none before them, and with nothing to look back those alone", () => {
    const [from, to] = [4, 6];
    const edit: Edit = { operation: "clamp", latent: { module: V1, index: 1 }, value: 3, isOn: true, scope: { from, to } };
    const difference = (a: Float32Array, b: Float32Array) =>
      Array.from({ length: TOKENS }, (_, at) =>
        largestDifference(a.subarray(at * VOCAB, (at + 1) * VOCAB), b.subarray(at * VOCAB, (at + 1) * VOCAB)),
      );
    const seen = difference(edited(edit), plain());
    expect(seen.slice(0, from)).toEqual([0, 0, 0, 0]);
    expect(Math.min(...seen.slice(from))).toBeGreaterThan(0);
    // Queries of the last layer are read by their own token alone.
    const query = { ...edit, latent: { module: Q1, index: 1 } } as Edit;
    const own = difference(edited(query), plain());
    expect(own.flatMap((value, at) => (value > 0 ? [at] : []))).toEqual([4, 5, 6]);
  });
});

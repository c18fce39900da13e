import { beforeAll, describe, expect, it } from "vitest";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { freeSequence } from "@/server/engine/models/sequence";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { openDemo, randomAdapter } from "./demo-arms";

/** Half a unit in the last place of bfloat16, relative. */
const rounding = 2 ** -9;
const ids = Int32Array.from({ length: 96 }, (_, i) => 5 + ((i * 7919 + i * i * 31) % 4000));

/** What an adapted module read and kept, at one token or at all of a text. */
type Seen = { readonly x: Float32Array; readonly indices: Int32Array };
/** A latent that the text read in one pass keeps and the token decoded alone does not, and its successor. */
type Swap = { readonly margin: number; readonly bound: number };

/** The adapter's hooks, which also tell what each module read and kept. */
function watched(adapter: Adapter, seen: Map<string, Seen>): ProjectionHooks {
  const inputs = new Map<string, Float32Array>();
  const hooks = adapterHooks(adapter, {
    onActivations: ({ module }, { indices }) => {
      seen.set(module, { x: inputs.get(module) ?? new Float32Array(0), indices: indices.slice() });
    },
  });
  return {
    at(module) {
      const hook = hooks.at(module);
      if (hook === undefined) return undefined;
      return {
        ...hook,
        forward(x, base, pass) {
          inputs.set(module, readFloats(x));
          return hook.forward(x, base, pass);
        },
      };
    },
  };
}

/** Reads a text in one pass and token by token, with a STAN adapter on; tells where the two keep other latents, and how far their log-probabilities part. */
function compareStepsWithPass(model: CausalModel) {
  const adapter = randomAdapter(model);
  const { vocab } = model.config;
  const inPass = new Map<string, Seen>();
  const passed = tidy(() => {
    const { final } = model.forward({ ids, rows: 1, tokens: ids.length }, { hooks: watched(adapter, inPass) });
    return readFloats(model.logits(final));
  });
  const { sequences, logits } = model.prefill([ids.slice(0, 1)], { hooks: adapterHooks(adapter), maxTokens: ids.length });
  free(logits);
  const swaps: Swap[] = [];
  let [selections, apart, apartBeforeSwap] = [0, 0, 0];
  for (let at = 1; at < ids.length - 1; at++) {
    const alone = new Map<string, Seen>();
    const next = ids[at + 1] as number;
    const stepped = tidy(() => readFloats(model.decode(sequences, ids.slice(at, at + 1), watched(adapter, alone))));
    for (const { module, dIn } of adapter.modules) {
      selections += 1;
      swaps.push(...swapsAt(adapter, module, cutAt(inPass.get(module), at, dIn), alone.get(module) ?? expect.fail(module)));
    }
    const difference = Math.abs(logProbability(stepped, next) - logProbability(passed.subarray(at * vocab, (at + 1) * vocab), next));
    apart = Math.max(apart, difference);
    if (swaps.length === 0) apartBeforeSwap = apart;
  }
  for (const sequence of sequences) freeSequence(sequence);
  adapter.free();
  return { swaps, selections, apart, apartBeforeSwap };
}

function cutAt(seen: Seen | undefined, at: number, dIn: number): Seen {
  if (seen === undefined) throw new Error("a module was not watched");
  const k = seen.indices.length / ids.length;
  return { x: seen.x.subarray(at * dIn, (at + 1) * dIn), indices: seen.indices.subarray(at * k, (at + 1) * k) };
}

/** Margins are of exact pre-activations in the pass; the bound is what rounding E, and the difference of the inputs, can change of them. */
function swapsAt(adapter: Adapter, module: string, inPass: Seen, alone: Seen): Swap[] {
  const attached = adapter.at(module);
  const E = attached?.parameters["E"]?.values();
  if (attached === undefined || E === undefined) throw new Error(`${module} is not sparse`);
  const { dIn } = attached.module;
  const sum = (latent: number, of: (e: number, own: number, other: number) => number) => {
    let total = 0;
    for (let c = 0; c < dIn; c++) total += of(E[latent * dIn + c] as number, inPass.x[c] as number, alone.x[c] as number);
    return total;
  };
  const preActivation = (latent: number) => sum(latent, (e, x) => e * x);
  const change = (latent: number) =>
    rounding * sum(latent, (e, _, x) => Math.abs(e * x)) + Math.abs(sum(latent, (e, own, other) => e * (other - own)));
  const left = [...inPass.indices].filter((latent) => !alone.indices.includes(latent));
  const came = [...alone.indices].filter((latent) => !inPass.indices.includes(latent));
  return left.flatMap((out) =>
    came.map((into) => ({ margin: preActivation(out) - preActivation(into), bound: change(out) + change(into) })),
  );
}

function logProbability(logits: Float32Array, id: number): number {
  const largest = logits.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return (logits[id] as number) - largest - Math.log(logits.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}

describe("a token decoded alone", () => {
  beforeAll(async () => {
    await startEngine();
  });

  it("keeps the latents that it keeps in a pass over the text, in float32", () => {
    const { model } = openDemo();
    const { swaps, apart } = compareStepsWithPass(model);
    expect(swaps).toEqual([]);
    expect(apart).toBeLessThan(5e-5);
    model.free();
    expect(liveTensors()).toBe(0);
  });

  it.each([
    ["of a model in bfloat16", { frozen: "bfloat16", decode: "bfloat16" }, 0.06],
    ["in bfloat16, of a model in float32", { frozen: "float32", decode: "bfloat16" }, 0.002],
  ] as const)(
    "%s keeps another latent only where TopK's margin is within rounding, and until then gives what the pass gives up to rounding",
    (_, dtypes, nats) => {
      const { model } = openDemo("demo/model", dtypes);
      const { swaps, selections, apartBeforeSwap } = compareStepsWithPass(model);
      expect(swaps.length).toBeGreaterThan(0);
      expect(swaps.length).toBeLessThan(selections / 20);
      for (const { margin, bound } of swaps) {
        expect(margin).toBeGreaterThan(-1e-5);
        expect(margin).toBeLessThan(bound);
      }
      expect(apartBeforeSwap).toBeLessThan(nats);
      model.free();
    },
  );
});

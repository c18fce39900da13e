import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import type { LoraTensors } from "@/lib/contract/methods/lora/tensors";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import type { Matrix } from "@/lib/contract/methods/tensors";
import { Adapter } from "@/server/engine/adapters/adapter";
import { type Arm, adapterHooks, armHooks } from "@/server/engine/adapters/arms";
import { mostInjected } from "@/server/engine/adapters/injected-norms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { HookPass, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { freeSequence } from "@/server/engine/models/sequence";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { largestDifference, loraSettings, stanSettings } from "@/tests/server/engine/tiny";
import { loadToy } from "@/tests/server/engine/toy";

const Q0 = "model.layers.0.self_attn.q_proj";
const V1 = "model.layers.1.self_attn.v_proj";
const on = { isOn: true, scope: "all" } as const;
const TOKENS = 11;
const ids = Int32Array.from({ length: TOKENS }, (_, i) => (i * 7 + 3) % 23);

/** What a module's update must be: activations by latent (token, numLatents) through D, in float64. */
function writeDense(D: Matrix, scaling: number, activations: Float64Array[]): number[] {
  const [dOut, numLatents] = D.shape;
  return activations.flatMap((row) =>
    Array.from(
      { length: dOut },
      (_, o) => scaling * row.reduce((sum, value, latent) => sum + value * (D.data[o * numLatents + latent] as number), 0),
    ),
  );
}

describe.each(["stan", "lora"] as const)("edits of a %s adapter", (method) => {
  let model: CausalModel;
  let adapter: Adapter;
  let live: number;

  beforeAll(async () => {
    await startEngine();
    model = loadToy("llama");
    const settings =
      method === "stan"
        ? stanSettings(["q_proj", "v_proj"], { numLatents: 7, k: 3, init: "small" })
        : loraSettings(["q_proj", "v_proj"], { rank: 7 });
    adapter = Adapter.create(model.projections, settings, 3);
    if (method === "lora") {
      const tensors = adapter.tensors() as Map<string, LoraTensors>;
      for (const { B } of tensors.values()) B.data.set(B.data.map((_, i) => Math.sin(i + 1) / 50));
      const { modules } = adapter;
      adapter.free();
      adapter = new Adapter(modules, tensors);
    }
    adapterHooks(adapter).at(Q0);
    logitsOf(adapterHooks(adapter));
    // The first one-token step makes the weights' forms for decoding, which the model keeps.
    const { sequences, logits } = model.prefill([ids.subarray(0, 2)], { maxTokens: 4 });
    free(logits, model.decode(sequences, Int32Array.of(1), adapterHooks(adapter)));
    for (const sequence of sequences) freeSequence(sequence);
    live = liveTensors();
  });
  afterEach(() => expect(liveTensors()).toBe(live));
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  function logitsOf(hooks?: ProjectionHooks, rows = 1): Float32Array {
    const batch = { ids: Int32Array.from({ length: rows * TOKENS }, (_, i) => ids[i % TOKENS] as number), rows, tokens: TOKENS };
    return tidy(() => readFloats(model.logits(model.forward(batch, { hooks }).final)));
  }

  const edited = (...edits: Edit[]) => adapterHooks(adapter, { edits });

  /** The update of module Q0 to given inputs, a prompt of `promptLength` tokens, and its activations by token and latent. */
  function updateOf(edits: Edit[], tokens = TOKENS, promptLength = tokens): { update: Float32Array; activations: Float64Array[] } {
    const x = Float32Array.from({ length: tokens * 10 }, (_, i) => Math.sin(3 * i + 1));
    const activations: Float64Array[] = [];
    const pass: HookPass = {
      rows: 1,
      tokens,
      ids: ids.slice(0, tokens),
      positions: Int32Array.from({ length: tokens }, (_, i) => i),
      promptLengths: Int32Array.of(promptLength),
    };
    const hooks = adapterHooks(adapter, {
      edits,
      onActivations(module, { tokens: count, width, indices, values }) {
        if (module.module !== Q0) return;
        for (let token = 0; token < count; token++) {
          const row = new Float64Array(module.numLatents);
          for (let at = token * width; at < (token + 1) * width; at++) row[indices[at] as number] = values[at] as number;
          activations.push(row);
        }
      },
    });
    const update = tidy(() =>
      readFloats(
        hooks.at(Q0)?.forward(fromValues(x, [tokens, 10]), fromValues(new Float32Array(tokens * 24), [tokens, 24]), pass).output ??
          fromValues(new Float32Array(0), [0]),
      ),
    );
    return { update, activations };
  }

  const writing = () => {
    const tensors = adapter.tensors().get(Q0);
    return method === "stan" ? (tensors as StanTensors).D : (tensors as LoraTensors).B;
  };
  const scaling = () => adapter.modules[0]?.scaling ?? 0;

  it("with an empty list, a switched-off edit or one that changes nothing equal the adapter bit for bit", () => {
    const plain = logitsOf(adapterHooks(adapter));
    expect(logitsOf(edited())).toEqual(plain);
    expect(logitsOf(edited({ operation: "adapterOff", isOn: false, scope: "all" }))).toEqual(plain);
    expect(logitsOf(edited({ operation: "scale", latent: { module: Q0, index: 2 }, value: 1, ...on }))).toEqual(plain);
    expect(
      logitsOf(edited({ operation: "clamp", latent: { module: Q0, index: 2 }, value: 9, isOn: true, scope: { from: 500, to: 600 } })),
    ).toEqual(plain);
  });

  it("switched off give the base model bit for bit", () => {
    const base = logitsOf();
    expect(logitsOf(edited({ operation: "adapterOff", ...on }))).toEqual(base);
    expect(logitsOf(edited(...adapter.modules.map(({ module }): Edit => ({ operation: "moduleOff", module, ...on }))))).toEqual(base);
    const oneOff = logitsOf(edited({ operation: "moduleOff", module: V1, ...on }));
    expect(largestDifference(oneOff, base)).toBeGreaterThan(1e-4);
    expect(largestDifference(oneOff, logitsOf(adapterHooks(adapter)))).toBeGreaterThan(1e-4);
  });

  it.each([TOKENS, 1, 3])("change exactly what they say, in their order (%i tokens)", (tokens) => {
    const before = updateOf([], tokens).activations;
    const latent = (index: number) => ({ module: Q0, index });
    const edits: Edit[] = [
      { operation: "scale", latent: latent(0), value: -2, ...on },
      { operation: "clamp", latent: latent(1), value: 0.75, ...on },
      { operation: "clamp", latent: latent(5), value: -0.5, ...on },
      { operation: "scale", latent: latent(5), value: 3, ...on },
      { operation: "ablatePost", latent: latent(6), ...on },
      { operation: "clamp", latent: latent(2), value: 4, isOn: false, scope: "all" },
    ];
    const { update, activations } = updateOf(edits, tokens);
    const wanted = before.map((row) => row.map((value, index) => [value * -2, 0.75, value, value, value, -1.5, 0][index] ?? 0));
    expect(activations.map((row) => Array.from(row))).toEqual(
      wanted.map((row) => Array.from(row, (value) => (value === 0 ? expect.closeTo(0) : expect.closeTo(value, 5)))),
    );
    expect(largestDifference(update, writeDense(writing(), scaling(), wanted))).toBeLessThan(1e-5);
  });

  it("reach the positions of their scope alone", () => {
    const plain = updateOf([], TOKENS, 4).update;
    const changedTokens = (scope: Edit["scope"]) => {
      const { update } = updateOf([{ operation: "clamp", latent: { module: Q0, index: 3 }, value: 2, isOn: true, scope }], TOKENS, 4);
      return Array.from({ length: TOKENS }, (_, token) => token).filter(
        (token) => largestDifference(update.subarray(token * 24, token * 24 + 24), plain.subarray(token * 24, token * 24 + 24)) > 0,
      );
    };
    expect(changedTokens("prompt")).toEqual([0, 1, 2, 3]);
    expect(changedTokens("generated")).toEqual([4, 5, 6, 7, 8, 9, 10]);
    expect(changedTokens({ from: 2, to: 5 })).toEqual([2, 3, 4, 5]);
    expect(changedTokens("all")).toHaveLength(TOKENS);
    const off = updateOf([{ operation: "moduleOff", module: Q0, isOn: true, scope: { from: 1, to: 1 } }], TOKENS, 4).update;
    expect(Array.from(off.subarray(24, 48))).toEqual(new Array(24).fill(0));
    expect(off.subarray(48)).toEqual(plain.subarray(48));
  });

  it("run beside the base model and the plain adapter in one pass, each row as if alone", () => {
    const edits: Edit[] = [{ operation: "clamp", latent: { module: Q0, index: 4 }, value: 3, ...on }];
    const arms: Arm[] = [{}, { adapter }, { adapter, edits }, {}];
    const together = logitsOf(armHooks(arms), 4);
    const size = TOKENS * 23;
    const rows = [logitsOf(), logitsOf(adapterHooks(adapter)), logitsOf(edited(...edits)), logitsOf()];
    rows.forEach((alone, row) => {
      expect(largestDifference(together.subarray(row * size, (row + 1) * size), alone)).toBeLessThan(2e-5);
    });
    expect(largestDifference(rows[1] ?? [], rows[2] ?? [])).toBeGreaterThan(1e-3);
    expect(() => logitsOf(armHooks(arms), 3)).toThrow("3 rows runs with 4 arms");
  });

  it("hold while generating, by the token's place", () => {
    const edits: Edit[] = [{ operation: "clamp", latent: { module: V1, index: 4 }, value: 3, isOn: true, scope: "generated" }];
    const decodeLast = (hooks: ProjectionHooks) => {
      const { sequences, logits } = model.prefill([ids.subarray(0, 5)], { hooks, maxTokens: 20 });
      const prompt = readFloats(logits);
      free(logits);
      const next = model.decode(sequences, Int32Array.of(9), hooks);
      const generated = readFloats(next);
      free(next);
      for (const sequence of sequences) freeSequence(sequence);
      return { prompt, generated };
    };
    const [plain, changed] = [decodeLast(adapterHooks(adapter)), decodeLast(adapterHooks(adapter, { edits }))];
    expect(changed.prompt).toEqual(plain.prompt);
    expect(largestDifference(changed.generated, plain.generated)).toBeGreaterThan(1e-4);
  });

  it("report the injected norm of edited modules", () => {
    const norms = new Map<string, Float32Array>();
    const edits: Edit[] = [
      { operation: "ablatePost", latent: { module: Q0, index: 0 }, ...on },
      { operation: "moduleOff", module: V1, ...on },
    ];
    logitsOf(adapterHooks(adapter, { edits, onInjection: ({ module }, values) => norms.set(module, values.slice()) }));
    expect([...norms.keys()].sort()).toEqual([Q0, V1]);
    expect(norms.get(V1)?.every((norm) => norm > 0)).toBe(true);
    // Latent 0's part alone was taken away, and only where it fired.
    const unchanged = logitsOf(
      adapterHooks(adapter, {
        edits: [{ ...edits[0], isOn: false } as Edit],
        onInjection: (_, values) => expect(largestDifference(values, new Float32Array(TOKENS))).toBe(0),
      }),
    );
    expect(unchanged).toEqual(logitsOf(adapterHooks(adapter)));
    expect(norms.get(Q0)).toHaveLength(TOKENS);
    expect(norms.get(Q0)?.some((norm) => norm > 0)).toBe(true);
  });

  it("report a number beside a frozen output of 0 too", () => {
    const own = adapter.at(Q0) ?? expect.fail("no module");
    const { dIn, dOut } = own.module;
    const pass: HookPass = { rows: 1, tokens: 2, ids: ids.subarray(0, 2), positions: Int32Array.of(0, 1), promptLengths: Int32Array.of(2) };
    const norms: number[] = [];
    const edits: Edit[] = [{ operation: "clamp", latent: { module: Q0, index: 0 }, value: 3, isOn: true, scope: { from: 1, to: 1 } }];
    const hooks = adapterHooks(adapter, { edits, onInjection: (_, values) => norms.push(...values) });
    tidy(() => {
      const x = fromValues(new Float32Array(2 * dIn).fill(1), [2, dIn]);
      hooks.at(Q0)?.forward(x, fromValues(new Float32Array(2 * dOut), [2, dOut]), pass);
    });
    expect(norms).toEqual([0, mostInjected]);
  });

  it("that name what is not there are refused with what is", () => {
    expect(() => edited({ operation: "moduleOff", module: "model.layers.9.q", ...on })).toThrow(
      "the adapter's modules are model.layers.0.self_attn.q_proj",
    );
    expect(() => edited({ operation: "ablatePost", latent: { module: Q0, index: 7 }, ...on })).toThrow("latents 0…6, but an edit names 7");
  });

  it("cannot be trained through", () => {
    const batch = { ids, labels: ids, rows: 1, tokens: TOKENS };
    expect(() => model.lossAndGradients(batch, edited(), 1)).toThrow("cannot go backward");
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks, armHooks } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { largestDifference, stanSettings } from "@/tests/server/engine/tiny";
import { loadToy } from "@/tests/server/engine/toy";
import { randomAdapter } from "./random-adapter";

const V0 = "model.layers.0.self_attn.v_proj";
const Q1 = "model.layers.1.self_attn.q_proj";
const V1 = "model.layers.1.self_attn.v_proj";
const TOKENS = 11;
const ids = Int32Array.from({ length: TOKENS }, (_, i) => (i * 7 + 3) % 23);
const batch = { ids, rows: 1, tokens: TOKENS };
const on = { isOn: true, scope: "all" } as const;

describe("an edit's conditions", () => {
  let model: CausalModel;
  let adapter: Adapter;

  beforeAll(async () => {
    await startEngine();
    model = loadToy("llama");
    ({ adapter } = randomAdapter(model.projections, stanSettings(["q_proj", "v_proj"], { numLatents: 7, k: 3 })));
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  /** Activations of each module by token and latent, after edits. */
  function activationsOf(edits: Edit[], isSpecial?: (id: number) => boolean): Map<string, number[][]> {
    const read = new Map<string, number[][]>();
    const hooks = adapterHooks(adapter, {
      edits,
      isSpecial,
      onActivations({ module }, { tokens, width, indices, values }) {
        const rows = Array.from({ length: tokens }, () => new Array<number>(7).fill(0));
        values.forEach((value, at) => {
          (rows[Math.floor(at / width)] as number[])[indices[at] as number] = value;
        });
        read.set(module, rows);
      },
    });
    free(model.forward(batch, { hooks }));
    return read;
  }

  it("ask for another latent's activation before any edit changes it", () => {
    const before = activationsOf([]).get(V0) ?? [];
    const above = 0.2;
    const edits: Edit[] = [
      { operation: "ablatePost", latent: { module: V0, index: 2 }, ...on },
      { operation: "clamp", latent: { module: V1, index: 5 }, value: 9, onlyIf: { latent: { module: V0, index: 2 }, above }, ...on },
      { operation: "clamp", latent: { module: V0, index: 6 }, value: 8, onlyIf: { latent: { module: V0, index: 2 }, above }, ...on },
    ];
    const after = activationsOf(edits);
    const holds = before.map((row) => (row[2] ?? 0) > above);
    expect(new Set(holds).size).toBe(2);
    expect(after.get(V1)?.map((row) => row[5] === 9)).toEqual(holds);
    expect(after.get(V0)?.map((row) => row[6] === 8)).toEqual(holds);
    expect(after.get(V0)?.every((row) => row[2] === 0)).toBe(true);
  });

  it("ask whether the latent fires by itself, whatever was changed before", () => {
    const before = activationsOf([]).get(V0) ?? [];
    const latent = { module: V0, index: 3 };
    const edits: Edit[] = [
      { operation: "add", latent, value: 1, ...on },
      { operation: "clamp", latent, value: 7, onlyIfFiring: true, ...on },
    ];
    const wanted = before.map((row) => (row[3] === 0 ? 1 : 7));
    expect(new Set(wanted).size).toBe(2);
    expect(
      activationsOf(edits)
        .get(V0)
        ?.map((row) => row[3]),
    ).toEqual(wanted);
  });

  it("are evaluated on the row's own arm", () => {
    const clamped: Edit = { operation: "clamp", latent: { module: V1, index: 5 }, value: 9, ...on };
    const condition = (above: number): Edit => ({ ...clamped, onlyIf: { latent: { module: V0, index: 2 }, above } }) as Edit;
    const seen: boolean[][] = [];
    const arms = [1e6, -1e6].map((above) => ({
      adapter,
      edits: [condition(above)],
      tappedModules: new Set([V1]),
      onActivations: (_: unknown, { width, indices, values }: { width: number; indices: Int32Array; values: Float32Array }) => {
        const isClamped = Array.from({ length: TOKENS }, (_, token) =>
          values.subarray(token * width, (token + 1) * width).some((value, slot) => value === 9 && indices[token * width + slot] === 5),
        );
        seen.push(isClamped);
      },
    }));
    const two = { ids: Int32Array.from([...ids, ...ids]), rows: 2, tokens: TOKENS };
    free(model.forward(two, { hooks: armHooks([{}, ...arms].slice(1)) }));
    expect(seen).toEqual([new Array(TOKENS).fill(false), new Array(TOKENS).fill(true)]);
  });

  it("can name no module that is computed later, and say which could be", () => {
    const hooks = (module: string) =>
      adapterHooks(adapter, {
        edits: [{ operation: "ablatePost", latent: { module: Q1, index: 0 }, onlyIf: { latent: { module, index: 0 }, above: 0 }, ...on }],
      });
    expect(() => hooks(V1)).toThrow(RangeError);
    expect(() => hooks(V1)).toThrow(
      `computed after it; it can depend on latents of model.layers.0.self_attn.q_proj, model.layers.0.self_attn.v_proj, ${Q1}`,
    );
    expect(() => hooks("elsewhere")).toThrow("an edit depends on a latent of elsewhere, but the adapter's modules are");
    expect(() => hooks(Q1)).not.toThrow();
  });

  it("need their module in the pass: one that begins above it is refused, one that begins with it runs", () => {
    const edit = (module: string): Edit => ({
      operation: "clamp",
      latent: { module: V1, index: 5 },
      value: 4,
      onlyIf: { latent: { module, index: 2 }, above: 0 },
      ...on,
    });
    const { final: states } = model.forward(batch, { hooks: adapterHooks(adapter), lastLayer: 0 });
    const resumed = (module: string) => {
      const hooks = adapterHooks(adapter, { edits: [edit(module)] });
      return tidy(() => readFloats(model.forward(batch, { hooks, from: { layer: 1, states } }).final));
    };
    expect(() => resumed(V0)).toThrow(`latent 2 of ${V0}, which this pass did not compute`);
    const whole = tidy(() => readFloats(model.forward(batch, { hooks: adapterHooks(adapter, { edits: [edit(Q1)] }) }).final));
    expect(resumed(Q1)).toEqual(whole);
    free(states);
  });

  it("leave special tokens alone, and want to be told which those are", () => {
    const edits: Edit[] = [{ operation: "clamp", latent: { module: V0, index: 5 }, value: 9, skipsSpecialTokens: true, ...on }];
    const isSpecial = (id: number) => id === 3 || id === 15;
    const clamped = activationsOf(edits, isSpecial)
      .get(V0)
      ?.map((row) => row[5] === 9);
    expect(clamped).toEqual(Array.from(ids, (id) => !isSpecial(id)));
    expect(clamped?.filter((isClamped) => !isClamped)).toHaveLength(2);
    expect(() => adapterHooks(adapter, { edits })).toThrow("does not say which tokens are special");
    expect(() => adapterHooks(adapter, { edits: edits.map((edit) => ({ ...edit, isOn: false })) })).not.toThrow();
  });

  it("are refused where indices are out of range, of conditions and isolated latents as well", () => {
    const hooks = (edit: Edit) => () => adapterHooks(adapter, { edits: [edit] });
    expect(hooks({ operation: "isolate", module: V0, indices: [0, 7], ...on })).toThrow("latents 0…6, but an edit isolates 7");
    expect(hooks({ operation: "moduleOff", module: V0, onlyIf: { latent: { module: V0, index: 8 }, above: 0 }, ...on })).toThrow(
      "latents 0…6, but an edit's condition names 8",
    );
  });
});

describe("what is read of a pass", () => {
  it("is of the tapped modules alone, and injected norms of the edited ones", async () => {
    await startEngine();
    const model = loadToy("llama");
    const { adapter } = randomAdapter(model.projections, stanSettings(["q_proj", "v_proj"], { numLatents: 7, k: 3 }));
    const tapped: string[] = [];
    const injected: string[] = [];
    const hooks = adapterHooks(adapter, {
      edits: [{ operation: "add", latent: { module: Q1, index: 5 }, value: 1, ...on }],
      tappedModules: new Set([V0]),
      onActivations: ({ module }) => tapped.push(module),
      onInjection: ({ module }) => injected.push(module),
    });
    free(model.forward(batch, { hooks }));
    expect([tapped, injected]).toEqual([[V0], [Q1]]);
    adapter.free();
    model.free();
  });

  it("is ‖D · change‖ / ‖W0 x + b0‖ at each token, exact for a small change of a large update", async () => {
    await startEngine();
    const model = loadToy("llama");
    const { adapter, tensors } = randomAdapter(model.projections, stanSettings(["q_proj", "v_proj"], { numLatents: 7, k: 3 }));
    const D = tensors.get(V0);
    if (D === undefined || !("D" in D)) throw new Error("no D");
    const column = Math.hypot(...D.D.data.filter((_, i) => i % 7 === 5));
    let norms = new Float32Array(0);
    const bases: Float32Array[] = [];
    const hooks = adapterHooks(adapter, {
      edits: [{ operation: "add", latent: { module: V0, index: 5 }, value: 1e-6, isOn: true, scope: { from: 2, to: 3 } }],
      onInjection: (_, read) => {
        norms = read.slice();
      },
    });
    const observing = {
      at: (module: string) => {
        const hook = hooks.at(module);
        if (hook === undefined) return undefined;
        const forward: typeof hook.forward = (x, base, pass) => {
          if (module === V0) bases.push(readFloats(base));
          return hook.forward(x, base, pass);
        };
        return { forward };
      },
    };
    free(model.forward(batch, { hooks: observing }));
    const base = bases[0] ?? new Float32Array(0);
    const wanted = Array.from({ length: TOKENS }, (_, token) =>
      token === 2 || token === 3 ? (1e-6 * column) / 3 / Math.hypot(...base.subarray(token * 12, (token + 1) * 12)) : 0,
    );
    expect(largestDifference(norms, wanted)).toBeLessThan(0.2 * Math.max(...wanted));
    expect(norms.map((norm) => (norm > 0 ? 1 : 0))).toEqual(Float32Array.from(wanted, (norm) => (norm > 0 ? 1 : 0)));
    adapter.free();
    model.free();
  });
});

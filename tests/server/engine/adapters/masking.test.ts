import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Edit, edit } from "@/lib/contract/edit";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks, armHooks } from "@/server/engine/adapters/arms";
import { candidateWidth, selectToken } from "@/server/engine/methods/stan/select-token";
import type { Selection, StanModule } from "@/server/engine/methods/stan/stan-module";
import type { CausalModel } from "@/server/engine/models/causal-model";
import type { HookPass, ProjectionHooks } from "@/server/engine/models/projection-hook";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { largestDifference, loraSettings, stanSettings } from "@/tests/server/engine/tiny";
import { loadToy } from "@/tests/server/engine/toy";

const Q0 = "model.layers.0.self_attn.q_proj";
const TOKENS = 5;
const WIDTH = 7;
const x = Float32Array.from({ length: TOKENS * 10 }, (_, i) => Math.sin(3 * i + 1));

const mask = (index: number, scope: Edit["scope"] = "all"): Edit => ({
  operation: "ablatePre",
  latent: { module: Q0, index },
  isOn: true,
  scope,
});

const force = (index: number): Edit => ({ ...mask(index), operation: "forceIn" }) as Edit;

/** Which latents TopK keeps of one token's pre-activations once `masked` are out of the running, best first. */
function ranking(z: readonly number[], selection: Selection, masked: readonly number[]): number[] {
  const rank = (j: number) => (selection === "abs" ? Math.abs(z[j] as number) : (z[j] as number));
  return z
    .map((_, j) => j)
    .filter((j) => !masked.includes(j))
    .sort((a, b) => rank(b) - rank(a));
}

describe.each(["signed", "relu", "abs"] as const)("ablatePre with selection %s", (selection) => {
  let model: CausalModel;
  let adapter: Adapter;
  let preActivations: number[][];

  const make = (k: number) =>
    Adapter.create(model.projections, stanSettings(["q_proj", "v_proj"], { numLatents: WIDTH, k, selection, init: "small" }), 3);

  beforeAll(async () => {
    await startEngine();
    model = loadToy("llama");
    adapter = make(3);
    const { E } = adapter.tensors().get(Q0) as StanTensors;
    preActivations = Array.from({ length: TOKENS }, (_, t) =>
      Array.from({ length: WIDTH }, (_, j) =>
        Array.from({ length: 10 }, (_, c) => (E.data[j * 10 + c] as number) * (x[t * 10 + c] as number)).reduce((a, b) => a + b, 0),
      ),
    );
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  const hooksOf =
    (edits: Edit[], of = adapter) =>
    (onActivations: Parameters<typeof adapterHooks>[1]) =>
      adapterHooks(of, { edits, ...onActivations });

  /** Activations of module Q0 by token and latent, NaN where the latent is not kept, and the update. */
  function pass(edits: Edit[], of = adapter): { kept: number[][]; update: Float32Array } {
    const kept = Array.from({ length: TOKENS }, () => new Array<number>(WIDTH).fill(Number.NaN));
    const hooks = hooksOf(
      edits,
      of,
    )({
      onActivations({ module }, { width, indices, values }) {
        if (module !== Q0) return;
        values.forEach((value, at) => {
          (kept[Math.floor(at / width)] as number[])[indices[at] as number] = value;
        });
      },
    });
    return { kept, update: updateOf(hooks, 1) };
  }

  function updateOf(hooks: ProjectionHooks, rows: number): Float32Array {
    const n = rows * TOKENS;
    const own: HookPass = {
      rows,
      tokens: TOKENS,
      ids: new Int32Array(n),
      positions: Int32Array.from({ length: n }, (_, i) => i % TOKENS),
      promptLengths: new Int32Array(rows).fill(2),
    };
    const repeated = Float32Array.from({ length: n * 10 }, (_, i) => x[i % x.length] as number);
    return tidy(() => {
      const hook = hooks.at(Q0);
      if (hook === undefined) throw new Error(`no hook at ${Q0}`);
      return readFloats(hook.forward(fromValues(repeated, [n, 10]), fromValues(new Float32Array(n * 24), [n, 24]), own).output);
    });
  }

  it("gives the slot of the masked latent to the next in rank, and changes nothing else", () => {
    const plain = pass([]);
    for (let masked = 0; masked < WIDTH; masked++) {
      const { kept, update } = pass([mask(masked)]);
      for (let t = 0; t < TOKENS; t++) {
        const z = preActivations[t] as number[];
        const order = ranking(z, selection, []);
        const wasKept = order.slice(0, 3).includes(masked);
        const [next = -1] = order.slice(3);
        const before = plain.kept[t] as number[];
        const after = kept[t] as number[];
        const wanted = before.slice();
        if (wasKept) {
          wanted[masked] = Number.NaN;
          wanted[next] = selection === "relu" ? Math.max(z[next] as number, 0) : (z[next] as number);
          expect(before[next]).toBeNaN();
          expect(after[next]).toBeCloseTo(wanted[next] as number, 6);
          wanted[next] = after[next] as number;
        }
        expect(after).toEqual(wanted);
        if (!wasKept) expect(update.subarray(t * 24, t * 24 + 24)).toEqual(plain.update.subarray(t * 24, t * 24 + 24));
      }
      expect(largestDifference(update, plain.update) > 0).toBe(
        preActivations.some(
          (z) => ranking(z, selection, []).slice(0, 3).includes(masked) && (selection !== "relu" || (z[masked] ?? 0) > 0),
        ),
      );
    }
  });

  it("masks several latents at once, and each where its scope reaches", () => {
    const edits = [mask(0), mask(4, "generated"), mask(2, { from: 1, to: 3 }), { ...mask(1), isOn: false }];
    const { kept } = pass(edits);
    kept.forEach((row, t) => {
      const masked = [0, ...(t >= 2 ? [4] : []), ...(t >= 1 && t <= 3 ? [2] : [])];
      const wanted = ranking(preActivations[t] as number[], selection, masked).slice(0, 3);
      expect(
        row.flatMap((value, j) => (Number.isNaN(value) ? [] : [j])),
        `token ${t}`,
      ).toEqual(wanted.sort((a, b) => a - b));
    });
  });

  it("or forceIn, whichever of one latent comes later, holds", () => {
    const plain = pass([]);
    for (let latent = 0; latent < WIDTH; latent++) {
      const [out, inside] = [mask(latent), force(latent)];
      expect(pass([out, inside])).toEqual(pass([inside]));
      expect(pass([inside, out])).toEqual(pass([out]));
      expect(pass([inside, { ...out, isOn: false }])).toEqual(pass([inside]));
      expect(pass([out, { ...inside, scope: { from: 1, to: 1 } }]).kept[1]).toEqual(pass([inside]).kept[1]);
    }
    expect(pass([force(0)])).not.toEqual(plain);
  });

  it("runs in one pass beside other arms, each as if alone", () => {
    const together = updateOf(armHooks([{ adapter }, { adapter, edits: [mask(0)] }, {}, { adapter, edits: [mask(5), mask(3)] }]), 4);
    const size = TOKENS * 24;
    const part = (row: number) => together.subarray(row * size, (row + 1) * size);
    expect(largestDifference(part(0), pass([]).update)).toBeLessThan(1e-6);
    expect(largestDifference(part(1), pass([mask(0)]).update)).toBeLessThan(1e-6);
    expect(largestDifference(part(2), new Float32Array(size))).toBe(0);
    expect(largestDifference(part(3), pass([mask(5), mask(3)]).update)).toBeLessThan(1e-6);
  });

  it("leaves a slot empty only where no latent is left to take it", () => {
    const whole = make(WIDTH);
    const { kept } = pass([mask(6)], whole);
    const ablated = pass([{ ...mask(6), operation: "ablatePost" } as Edit], whole);
    expect(kept.map((row) => row.slice(0, 6))).toEqual(ablated.kept.map((row) => row.slice(0, 6)));
    expect(largestDifference(pass([mask(6)], whole).update, ablated.update)).toBeLessThan(1e-7);
    whole.free();
  });

  it("comes before changes of activations: a masked latent that is clamped holds the clamped value, and its slot is another's", () => {
    const { kept } = pass([{ operation: "clamp", latent: { module: Q0, index: 1 }, value: 0.5, isOn: true, scope: "all" }, mask(1)]);
    for (const [t, row] of kept.entries()) {
      expect(row[1]).toBe(0.5);
      const others = ranking(preActivations[t] as number[], selection, [1]).slice(0, 3);
      for (const j of others) expect(row[j]).not.toBeNaN();
    }
  });
});

describe.each(["signed", "relu", "abs"] as const)("forceIn with selection %s", (selection) => {
  const module: StanModule = {
    method: "stan",
    module: "m",
    name: "m",
    layer: 0,
    dIn: 2,
    dOut: 2,
    numLatents: 5,
    k: 3,
    scaling: 1,
    selection,
  };
  const raw = [0.4, -0.5, 0.3, 0.1, -0.2];
  const order = ranking(raw, selection, []);

  /** The kept latents with their activations, from as many candidates as are needed. */
  function kept(forced: number[], masked: number[] = [], k = 3): [number, number][] {
    const of = { ...module, k };
    const first = ranking(raw, selection, [])
      .slice(0, candidateWidth(of, masked.length))
      .sort((a, b) => a - b);
    const at = (indices: readonly number[]) => ({
      indices: Int32Array.from(indices),
      values: Float32Array.from(indices, (index) => raw[index] as number),
    });
    const { indices, values } = selectToken(of, at(first), { masked: new Set(masked), forced }, at(forced));
    return Array.from(indices, (index, slot) => [index, values[slot] as number]);
  }

  const own = (...latents: number[]) =>
    latents
      .sort((a, b) => a - b)
      .map((latent) => [latent, Math.fround(selection === "relu" ? Math.max(raw[latent] as number, 0) : (raw[latent] as number))]);

  it("displaces the lowest ranked of the kept, with its own pre-activation", () => {
    const [first = -1, second = -1, third = -1, fourth = -1, last = -1] = order;
    expect(kept([last])).toEqual(own(first, second, last));
    expect(kept([fourth, last].sort())).toEqual(own(first, fourth, last));
    expect(kept([third, last].sort())).toEqual(own(first, third, last));
    expect(kept([last], [first])).toEqual(own(second, third, last));
  });

  it("changes nothing where the latent is kept already, or all are", () => {
    for (const latent of order.slice(0, 3)) expect(kept([latent])).toEqual(kept([]));
    for (const latent of order) expect(kept([latent], [], 5)).toEqual(own(0, 1, 2, 3, 4));
  });

  it("keeps more than k where more are forced in", () => {
    expect(kept([0, 1, 2, 4])).toEqual(own(0, 1, 2, 4));
  });
});

describe("ablatePre", () => {
  it("is an edit of the contract", () => {
    expect(edit.parse({ operation: "ablatePre", latent: { module: Q0, index: 3 } })).toEqual(mask(3));
  });

  it("is refused by LoRA, which selects nothing", async () => {
    await startEngine();
    const model = loadToy("llama");
    const adapter = Adapter.create(model.projections, loraSettings(["q_proj"]), 1);
    expect(() => adapterHooks(adapter, { edits: [mask(0)] })).toThrow(RangeError);
    expect(() => adapterHooks(adapter, { edits: [mask(0)] })).toThrow("none can be masked before TopK");
    expect(() => adapterHooks(adapter, { edits: [force(0)] })).toThrow("none can be forced in");
    adapter.free();
    model.free();
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { readPredictions } from "@/server/engine/evaluation/read-predictions";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { compareExpectations, Expectations } from "@/server/engine/studies/expectations";
import { UnchangedStates } from "@/server/engine/studies/unchanged-states";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { wholly } from "@/server/engine/tensor/in-parts";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { finish, toyStan } from "@/tests/server/engine/effects/toy-adapters";
import { loadToy } from "@/tests/server/engine/toy";
import { plainBest, plainKl, plainLogs } from "./plain-study";
import { toyContext, toyTexts } from "./toy-study";

describe("what is held between the passes of a study", () => {
  let model: CausalModel;
  let adapter: Adapter;
  const [text = { text: "", ids: [] }] = toyTexts([11]);
  const batch = { ids: Int32Array.from(text.ids), rows: 1, tokens: 11, promptLengths: Int32Array.of(3) };

  beforeAll(async () => {
    await startEngine();
    model = loadToy("llama");
    adapter = toyStan(model, ["q_proj", "v_proj"]);
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  it.each([0, 1e9])("compares expectations block by block, whether log-probabilities fit into %d bytes or not", (bytes) => {
    const [base, adapted] = [model.forward(batch).final, model.forward(batch, { hooks: adapterHooks(adapter) }).final];
    const held = [new Expectations(model, 7, bytes), new Expectations(model, 7, bytes)];
    held[0]?.add(base, Int32Array.of(2, 3, 4, 5));
    held[0]?.add(base, Int32Array.of(8, 9, 10));
    held[1]?.add(adapted, Int32Array.of(2, 3, 4, 5));
    held[1]?.add(adapted, Int32Array.of(8, 9, 10));
    const readings = [
      { text: 0, from: 1, rows: Int32Array.of(3, 4, 5) },
      { text: 1, from: 0, rows: Int32Array.of(8, 9, 10) },
    ];
    const [plain, plainBase] = [plainLogs(model, { adapter }, text.ids), plainLogs(model, {}, text.ids)];
    for (const atOnce of [1, 2, 4, 100]) {
      const compared = compareExpectations(model, adapted, readings, held, atOnce);
      readings.forEach(({ rows }, i) => {
        rows.forEach((at, reading) => {
          const [own, other] = [plain[at] ?? new Float64Array(0), plainBase[at] ?? new Float64Array(0)];
          expect(compared[i]?.divergences[0]?.[reading]).toBeCloseTo(plainKl(own, other), 5);
          expect(compared[i]?.divergences[1]?.[reading]).toBeCloseTo(0, 6);
          expect(compared[i]?.best[reading]).toBe(plainBest(own));
        });
      });
    }
    for (const one of held) one.free();
    free(base, adapted);
  });

  it("measures divergences far under float32's rounding of a log-probability", () => {
    const { final } = model.forward(batch);
    const states = readFloats(final);
    const { dModel, vocab } = model.config;
    const rows = Int32Array.from({ length: 11 }, (_, row) => row);
    for (const step of [0, 1e-5, 1e-4, 1e-3, 1e-2]) {
      const moved = fromValues(
        states.map((value, at) => value * (1 + step * Math.sin(at))),
        [11, dModel],
      );
      const held = new Expectations(model, 11, 1e9);
      held.add(final, rows);
      const [compared] = compareExpectations(model, moved, [{ text: 0, from: 0, rows }], [held]);
      const logsOf = (tensor: Tensor) => {
        const logits = tidy(() => readFloats(model.logits(tensor)));
        return [...rows].map((row) => {
          const own = Float64Array.from(logits.subarray(row * vocab, (row + 1) * vocab));
          const sum = Math.log(own.reduce((total, logit) => total + Math.exp(logit), 0));
          return own.map((logit) => logit - sum);
        });
      };
      const [p, q] = [logsOf(moved), logsOf(final)];
      p.forEach((own, row) => {
        const wanted = plainKl(own, q[row] ?? own);
        const found = compared?.divergences[0]?.[row] ?? Number.NaN;
        if (step === 0) expect(found).toBe(0);
        else expect(Math.abs(found - wanted)).toBeLessThan(0.01 * wanted + 1e-12);
      });
      held.free();
      free(moved);
    }
    free(final);
  });

  it("reads given tokens the same in blocks of any size", () => {
    const { final } = model.forward(batch);
    const [from, label] = [Int32Array.of(0, 4, 7, 10, 2), Int32Array.of(3, 22, 0, 5, 9)];
    const plain = plainLogs(model, {}, text.ids);
    for (const atOnce of [1, 2, 3, 100]) {
      const { logProbabilities, best } = readPredictions(model, final, { from, label }, atOnce);
      from.forEach((at, i) => {
        expect(logProbabilities[i]).toBeCloseTo(plain[at]?.[label[i] ?? 0] ?? Number.NaN, 5);
        expect(best[i]).toBe(plainBest(plain[at]));
      });
    }
    free(final);
  });

  it("begins passes at the bottom where states do not fit, with the same end and the same activations", () => {
    const context = toyContext(model, adapter);
    const latents = [1, 5, 12].map((index) => ({ module: adapter.modules[3]?.module ?? "", index }));
    const read = (bytes: number) => {
      const states = new UnchangedStates(context, [], [batch], bytes);
      finish(states.advanceTo(1));
      const final: Tensor = wholly(states.finalOf(0));
      const found = { start: states.startAt(0)?.layer, final: readFloats(final), activations: wholly(states.activationsOf(0, 1, latents)) };
      free(final);
      states.free();
      return found;
    };
    const [held, not] = [read(1e9), read(0)];
    expect([held.start, not.start]).toEqual([1, undefined]);
    expect(not.final).toEqual(held.final);
    expect(not.activations).toEqual(held.activations);
    expect(held.activations.some((activations) => activations.some((value) => !Number.isNaN(value)))).toBe(true);
  });
});

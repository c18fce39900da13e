import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AblationOperation } from "@/lib/contract/effect";
import { type LatentMethodName, latentMethodOf } from "@/lib/contract/methods/methods";
import { fewestExamples } from "@/lib/numbers/statistics/enough-examples";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { type AblationOptions, type MeasuredEffect, measureAblations } from "@/server/engine/effects/ablation";
import type { AblationTarget } from "@/server/engine/effects/ablation-plan";
import type { AblationEvent } from "@/server/engine/effects/measure-groups";
import { type RowLoss, rowLosses } from "@/server/engine/evaluation/row-losses";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { labelTokensOf } from "@/server/engine/models/row-batches";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { loadToy, type ToyName } from "@/tests/server/engine/toy";
import { finish, toyAdapters, toyBatchTopK, toyRows } from "./toy-adapters";

const CASES: readonly { name: ToyName; method: LatentMethodName | "batchtopk"; targets: string[] }[] = [
  { name: "llama", method: "stan", targets: ["q_proj", "v_proj"] },
  { name: "llama", method: "batchtopk", targets: ["q_proj", "v_proj"] },
  { name: "gpt2", method: "stan", targets: ["c_attn", "c_fc"] },
  { name: "llama", method: "lora", targets: ["v_proj", "down_proj"] },
  { name: "llama", method: "vera", targets: ["v_proj", "down_proj"] },
];

describe.each(CASES)("ablations of a $method adapter of a $name model on $targets", ({ name, method, targets }) => {
  let model: CausalModel;
  let adapter: Adapter;
  let live: number;
  const rows = toyRows();
  const isDense = method !== "batchtopk" && !latentMethodOf({ method }).hasTopK;
  const operations: AblationOperation[] = method === "stan" ? ["ablatePost", "ablatePre"] : ["ablatePost"];

  beforeAll(async () => {
    await startEngine();
    model = loadToy(name);
    adapter = { ...toyAdapters, batchtopk: toyBatchTopK }[method](model, targets);
    finish(measure([{ latent: latent(0, 0), controls: [] }]));
    live = liveTensors();
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  const latent = (module: number, index: number) => ({ module: adapter.modules[module]?.module ?? "", index });
  const measure = (wanted: AblationTarget[], options: AblationOptions = {}) => measureAblations(model, adapter, rows, wanted, options);

  function effectsOf(events: readonly AblationEvent<MeasuredEffect>[]): Map<string, MeasuredEffect> {
    return new Map(
      events.flatMap((event) =>
        event.kind !== "measured"
          ? []
          : event.effects.map((effect): [string, MeasuredEffect] => [
              `${effect.operation} ${event.latent.module} ${event.latent.index}`,
              effect,
            ]),
      ),
    );
  }

  const lossesBefore = new Map<string, RowLoss[]>();
  const lossesWith = (ref?: AblationTarget["latent"], operation: AblationOperation = "ablatePost"): RowLoss[] => {
    const edits = ref === undefined ? [] : [{ operation, latent: ref, isOn: true, scope: "all" } as const];
    const key = JSON.stringify(edits);
    const losses = lossesBefore.get(key) ?? finish(rowLosses(model, rows, adapterHooks(adapter, { edits }), 40)).result;
    lossesBefore.set(key, losses);
    return losses;
  };

  type Firings = { firings: number; isKept: boolean };
  let firingsByLatent: Map<string, Firings[]> | undefined;

  /** Firings of a latent by row, and whether it is kept there at all. */
  function firingsOf({ module, index }: AblationTarget["latent"]): Firings[] {
    firingsByLatent ??= countFirings();
    return firingsByLatent.get(`${module} ${index}`) ?? rows.map(() => ({ firings: 0, isKept: false }));
  }

  function countFirings(): Map<string, Firings[]> {
    const counts = new Map<string, Firings[]>();
    rows.forEach(({ ids }, row) => {
      const hooks = adapterHooks(adapter, {
        onActivations({ module }, { indices, values }) {
          indices.forEach((index, at) => {
            if (values[at] === 0 && method === "batchtopk") return;
            const key = `${module} ${index}`;
            const byRow = counts.get(key) ?? rows.map(() => ({ firings: 0, isKept: false }));
            counts.set(key, byRow);
            const { firings } = byRow[row] as Firings;
            byRow[row] = { firings: firings + (values[at] === 0 ? 0 : 1), isKept: true };
          });
        },
      });
      free(model.forward({ ids, rows: 1, tokens: ids.length }, { hooks }));
    });
    return counts;
  }

  const all = (): AblationTarget[] =>
    adapter.modules.flatMap((module, place) =>
      Array.from({ length: module.numLatents }, (_, index) => ({ latent: latent(place, index), controls: [] })),
    );

  it("equal the difference of two plain evaluations", () => {
    const effects = effectsOf(finish(measure(all(), { writePositions: 0 })).progress);
    const off = lossesWith();
    const labelTokens = off.reduce((sum, row) => sum + row.labelTokens, 0);
    let largest = 0;
    for (const { latent: ref } of all()) {
      const firings = firingsOf(ref).map((row, i) =>
        labelTokensOf(rows[i] ?? { ids: new Int32Array(), labels: new Int32Array() }) > 0 ? row.firings : 0,
      );
      const fired = firings.reduce((sum, count) => sum + count, 0);
      for (const operation of operations) {
        const effect = effects.get(`${operation} ${ref.module} ${ref.index}`);
        const on = lossesWith(ref, operation);
        const change = on.reduce((sum, row, i) => sum + row.lossSum - (off[i]?.lossSum ?? 0), 0);
        expect(Math.abs((effect?.delta ?? Number.NaN) - change / labelTokens)).toBeLessThan(1e-6);
        expect(effect).toMatchObject({ rows: 10, labelTokens, firings: fired });
        if (fired > 0) expect(effect?.perFiring).toBeCloseTo((effect?.delta ?? 0) * (labelTokens / fired), 10);
        largest = Math.max(largest, Math.abs(change / labelTokens));
        for (const domain of ["even", "odd"]) {
          const own = rows.flatMap((row, i) => (row.domain === domain ? [i] : []));
          const sum = (values: (i: number) => number) => own.reduce((total, i) => total + values(i), 0);
          const found = effect?.byDomain.find((entry) => entry.domain === domain);
          expect(found?.labelTokens).toBe(sum((i) => off[i]?.labelTokens ?? 0));
          expect(found?.firings).toBe(sum((i) => firings[i] ?? 0));
          const wanted = sum((i) => (on[i]?.lossSum ?? 0) - (off[i]?.lossSum ?? 0)) / (found?.labelTokens ?? 0);
          expect(Math.abs((found?.delta ?? Number.NaN) - wanted)).toBeLessThan(2e-6);
        }
      }
    }
    expect(largest).toBeGreaterThan(0.01);
  });

  it("change nothing, not by a bit, in rows where the latent is not kept, and run no others", () => {
    const off = lossesWith();
    let notKept = 0;
    for (const { latent: ref } of all()) {
      const places = firingsOf(ref);
      for (const operation of operations) {
        const on = lossesWith(ref, operation);
        places.forEach(({ isKept }, row) => {
          if (isKept) return;
          notKept++;
          expect(on[row]).toEqual(off[row]);
        });
      }
      const { progress } = finish(measure([{ latent: ref, controls: [] }], { writePositions: 0 }));
      const last = progress.findLast((event) => event.kind === "measuring");
      const most =
        operations.length * places.filter(({ isKept }, row) => isKept && labelTokensOf(rows[row] as (typeof rows)[0]) > 0).length;
      expect(last?.total ?? 0).toBeLessThanOrEqual(most);
    }
    if (!isDense) expect(notKept).toBeGreaterThan(50);
  });

  it("are the same however rows share passes, and when states below are computed again", () => {
    const wanted = [latent(1, 2), latent(0, 3), latent(3, 4)].map((ref) => ({ latent: ref, controls: [] }));
    const first = effectsOf(finish(measure(wanted)).progress);
    const again = effectsOf(finish(measure(wanted, { batchTokens: 14, stateBytes: 0 })).progress);
    expect([...again.keys()].sort()).toEqual([...first.keys()].sort());
    for (const [key, effect] of first) {
      const other = again.get(key);
      expect(other?.delta).toBeCloseTo(effect.delta, 6);
      expect(other?.perFiring).toBeCloseTo(effect.perFiring, 5);
      expect(other?.firings).toBe(effect.firings);
      expect(other?.writes?.positions).toBe(effect.writes?.positions);
      expect(other?.writes?.raised[0]?.change).toBeCloseTo(effect.writes?.raised[0]?.change ?? 0, 3);
    }
  });

  it("measure controls on the same rows in the same way", () => {
    const controls = [1, 4, 0];
    const effects = effectsOf(
      finish(
        measure([
          { latent: latent(1, 2), controls },
          { latent: latent(1, 1), controls: [2, 4] },
        ]),
      ).progress,
    );
    const alone = effectsOf(finish(measure(controls.map((index) => ({ latent: latent(1, index), controls: [] })))).progress);
    for (const operation of operations) {
      const effect = effects.get(`${operation} ${latent(1, 2).module} 2`);
      expect(effect?.controls.map(({ index }) => index)).toEqual(controls);
      for (const control of effect?.controls ?? []) {
        const own = alone.get(`${operation} ${latent(1, 2).module} ${control.index}`);
        expect(control.delta).toBeCloseTo(own?.delta ?? Number.NaN, 6);
        expect(control.perFiring).toBeCloseTo(own?.perFiring ?? Number.NaN, 5);
        expect(control.firings).toBe(own?.firings);
      }
    }
  });

  it("measure what a latent writes: the mean change of logits where it fires before a label", () => {
    const ref = latent(0, isDense ? 1 : 3);
    const effects = effectsOf(finish(measure([{ latent: ref, controls: [] }])).progress);
    for (const operation of operations) {
      const changes: number[][] = [];
      for (const { ids, labels } of rows) {
        if (labelTokensOf({ ids, labels }) === 0) continue;
        const firing: number[] = [];
        const plain = adapterHooks(adapter, {
          onActivations({ module }, { width, indices, values }) {
            if (module !== ref.module) return;
            indices.forEach((index, at) => {
              if (index === ref.index && values[at] !== 0) firing.push(Math.floor(at / width));
            });
          },
        });
        const logitsWith = (hooks: ReturnType<typeof adapterHooks>) =>
          tidy(() => readFloats(model.logits(model.forward({ ids, rows: 1, tokens: ids.length }, { hooks }).final)));
        const unchanged = logitsWith(plain);
        const ablated = logitsWith(adapterHooks(adapter, { edits: [{ operation, latent: ref, isOn: true, scope: "all" }] }));
        for (const position of firing) {
          if (position + 1 >= ids.length || labels[position + 1] === -100) continue;
          changes.push(Array.from({ length: 23 }, (_, t) => (unchanged[position * 23 + t] ?? 0) - (ablated[position * 23 + t] ?? 0)));
        }
      }
      const n = changes.length;
      const mean = (token: number) => changes.reduce((sum, row) => sum + (row[token] ?? 0), 0) / n;
      const tokens = Array.from({ length: 23 }, (_, token) => token).sort((a, b) => mean(b) - mean(a));
      const writes = effects.get(`${operation} ${ref.module} ${ref.index}`)?.writes;
      expect(writes?.positions).toBe(n);
      expect(n).toBeGreaterThan(3);
      expect(writes?.raised.map(({ token }) => token)).toEqual(tokens.slice(0, 8).filter((token) => mean(token) > 0));
      expect(writes?.lowered.map(({ token }) => token)).toEqual(
        tokens
          .slice(-8)
          .reverse()
          .filter((token) => mean(token) < 0),
      );
      for (const { token, change, halfWidth } of [...(writes?.raised ?? []), ...(writes?.lowered ?? [])]) {
        expect(change).toBeCloseTo(mean(token), 4);
        const variance = changes.reduce((sum, row) => sum + ((row[token] ?? 0) - mean(token)) ** 2, 0) / (n - 1);
        if (n < fewestExamples) expect(halfWidth).toBeNull();
        else expect(halfWidth).toBeCloseTo(1.96 * Math.sqrt(variance / n), 4);
      }
    }
    const few = effectsOf(finish(measure([{ latent: ref, controls: [] }], { writePositions: 3 })).progress);
    expect([...few.values()].map(({ writes }) => writes?.positions)).toEqual(operations.map(() => 3));
  });

  it("come with progress that ends where it said, and can be stopped after any pass without a tensor left", () => {
    const wanted = [{ latent: latent(2, 1), controls: [0, 4] }];
    const { progress } = finish(measure(wanted, { batchTokens: 30 }));
    const last = progress.findLast((event) => event.kind === "measuring");
    expect(last?.done).toBe(last?.total);
    expect(progress.at(-1)?.kind).toBe("measured");
    for (let stop = 1; stop < progress.length; stop += 3) {
      const work = measure(wanted, { batchTokens: 30 });
      for (let i = 0; i < stop; i++) work.next();
      work.return();
      expect(liveTensors()).toBe(live);
    }
  });

  it("refuse a latent that is not there, and rows that carry no interval", () => {
    expect(() => finish(measure([{ latent: { module: "model.layers.9.q", index: 0 }, controls: [] }]))).toThrow(
      "has no module model.layers.9.q",
    );
    expect(() => finish(measure([{ latent: latent(0, 0), controls: [99] }]))).toThrow("latent 99 of");
    expect(() => finish(measureAblations(model, adapter, rows.slice(0, 1), [], {}))).toThrow("1 rows with labels");
  });
});

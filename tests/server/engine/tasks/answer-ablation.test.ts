import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { AblationOperation } from "@/lib/contract/effect";
import { fewestExamples } from "@/lib/numbers/statistics/enough-examples";
import { Adapter } from "@/server/engine/adapters/adapter";
import { type Arm, adapterHooks } from "@/server/engine/adapters/arms";
import type { AblationOptions } from "@/server/engine/effects/ablation";
import type { AblationTarget } from "@/server/engine/effects/ablation-plan";
import type { AblationEvent } from "@/server/engine/effects/measure-groups";
import type { TextRow } from "@/server/engine/models/encoders/encoder-inputs";
import { type AnswerScores, answerScores } from "@/server/engine/tasks/answers/answer-scores";
import {
  type AnswerEffectRow,
  type MeasuredAnswerEffect,
  measureAnswerAblations,
} from "@/server/engine/tasks/answers/effects/answer-ablation";
import type { Classifier } from "@/server/engine/tasks/answers/effects/classifier";
import { summariseScores } from "@/server/engine/tasks/answers/effects/score-changes";
import { classification } from "@/server/engine/tasks/classification/classification";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { softmaxRows } from "@/server/engine/tensor/plain-softmax";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { finish } from "@/tests/server/engine/effects/toy-adapters";
import { answeredRows, ENCODERS, tinyEncoderBatch } from "@/tests/server/engine/tiny-encoder";
import { openTrainedTinyEncoder, regressionOf, type TrainedTinyEncoder } from "@/tests/server/engine/trained-tiny-encoder";
import { fixturesFolder, references } from "@/tests/support/fixtures";

const ranks = [0, 1, 2, 3, 4, 6, 8, 12, 20, 63];
const operations = ["ablatePost", "ablatePre"] as const;

describe.runIf(fixturesFolder).each(ENCODERS)("ablations of latents of %s", references, (architecture) => {
  let trained: TrainedTinyEncoder;
  let adapter: Adapter;
  let classifier: Classifier;
  let rows: (AnswerEffectRow & TextRow)[];
  /** By module, its latents, those that fire most first. */
  let often: number[][];

  beforeAll(async () => {
    await startEngine();
    trained = openTrainedTinyEncoder(fixturesFolder ?? "", architecture);
    ({ adapter, classifier } = trained);
    const all = [0, 1].flatMap((step) => answeredRows(tinyEncoderBatch(trained.tiny, step)));
    // Rows of other lengths, so that they do not share one pass; the fifth has no answer.
    rows = all.map((row, i) => ({
      ...row,
      ids: row.ids.slice(0, row.ids.length - (i % 3)),
      answer: i === 4 ? -100 : row.answer,
      domain: i === 2 ? null : i % 2 === 0 ? "even" : "odd",
    }));
    often = adapter.modules.map((module) => {
      const firings = Array.from({ length: module.numLatents }, (_, index) => ({ index, count: 0 }));
      const onActivations = (_: unknown, { indices, values }: { indices: Int32Array; values: Float32Array }) =>
        indices.forEach((index, at) => {
          if (values[at] !== 0) (firings[index] as { count: number }).count++;
        });
      plainly([], classifier, answered(), { onActivations, tappedModules: new Set([module.module]) });
      return firings.sort((a, b) => b.count - a.count).map(({ index }) => index);
    });
  });
  afterAll(() => {
    trained.free();
    expect(liveTensors()).toBe(0);
  });

  const latent = (module: number, index: number) => ({ module: adapter.modules[module]?.module ?? "", index });
  const measure = (wanted: readonly AblationTarget[], options: AblationOptions = {}, own = classifier, given = rows) =>
    measureAnswerAblations(own, adapter, given, wanted, options);
  /** Of each module ten latents: some that fire often, some that seldom do, one that may never. */
  const sample = (): AblationTarget[] =>
    adapter.modules.flatMap((_, place) => ranks.map((rank) => ({ latent: latent(place, often[place]?.[rank] ?? 0), controls: [] })));

  function effectsOf(events: readonly AblationEvent<MeasuredAnswerEffect>[]): Map<string, MeasuredAnswerEffect> {
    return new Map(
      events.flatMap((event) =>
        event.kind === "measured" ? event.effects.map((effect) => [keyOf(event.latent, effect.operation), effect] as const) : [],
      ),
    );
  }
  const keyOf = ({ module, index }: LatentRef, operation: AblationOperation) => `${operation} ${module} ${index}`;

  const answered = () => rows.filter(({ answer }) => answer !== -100);
  /** Each row in a pass of its own, so that nothing is padded. */
  function plainly(edits: readonly Edit[], own = classifier, given = answered(), taps: Omit<Arm, "adapter" | "edits"> = {}): AnswerScores {
    const hooks = adapterHooks(adapter, { edits, ...taps });
    return finish(answerScores(own.task, () => ({ model: own.model, hooks, head: own.head() }), given, 1)).result;
  }
  const editOf = (ref: LatentRef, operation: AblationOperation): Edit => ({ operation, latent: ref, isOn: true, scope: "all" });

  /** Firings of a latent by row, −1 where it is kept nowhere. */
  function firingsOf(ref: LatentRef): number[] {
    return answered().map(({ ids }) => {
      let firings = -1;
      const hooks = adapterHooks(adapter, {
        onActivations({ module }, { indices, values }) {
          if (module !== ref.module) return;
          indices.forEach((index, at) => {
            if (index === ref.index) firings = Math.max(firings, 0) + (values[at] === 0 ? 0 : 1);
          });
        },
      });
      tidy(() => readFloats(classifier.model.scores({ ids, rows: 1, tokens: ids.length }, hooks, classifier.head())));
      return firings;
    });
  }

  it("equal the difference of two plain evaluations, row by row, and change no row by a bit in which the latent is not kept", () => {
    const { progress } = finish(measure(sample()));
    const effects = effectsOf(progress);
    const off = plainly([]);
    const count = off.losses.length;
    expect(count).toBe(7);
    const total = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0);
    let largest = 0;
    let notKept = 0;
    for (const { latent: ref } of sample()) {
      const firings = firingsOf(ref);
      const fired = total(firings.map((n) => Math.max(n, 0)));
      for (const operation of operations) {
        const effect = effects.get(keyOf(ref, operation));
        const on = plainly([editOf(ref, operation)]);
        firings.forEach((n, row) => {
          if (n >= 0) return;
          notKept++;
          expect(on.losses[row]).toBe(off.losses[row]);
        });
        const change = total(on.losses) - total(off.losses);
        expect(Math.abs((effect?.delta ?? Number.NaN) - change / count)).toBeLessThan(2e-6);
        expect(effect).toMatchObject({ rows: count, labelTokens: count, firings: fired });
        expect(effect?.perFiring).toBeCloseTo(fired === 0 ? 0 : change / fired, 5);
        largest = Math.max(largest, Math.abs(change / count));
        const own = answered().flatMap(({ domain }, row) => (domain === "odd" ? [row] : []));
        const found = effect?.byDomain.find(({ domain }) => domain === "odd");
        const ofOwn = own.reduce((sum, row) => sum + (on.losses[row] ?? 0) - (off.losses[row] ?? 0), 0) / own.length;
        expect(Math.abs((found?.delta ?? Number.NaN) - ofOwn)).toBeLessThan(2e-6);
        expect(found).toMatchObject({ labelTokens: own.length, firings: total(own.map((row) => Math.max(firings[row] ?? 0, 0))) });
      }
    }
    expect(largest).toBeGreaterThan(1e-3);
    expect(notKept).toBeGreaterThan(20);
    // Only rows in which a latent is kept run, once for each operation.
    const kept = total(sample().map(({ latent: ref }) => firingsOf(ref).filter((n) => n >= 0).length));
    const last = progress.findLast((event) => event.kind === "measuring");
    expect(last).toMatchObject({ done: 2 * kept, total: 2 * kept });
  });

  it("tell what the latent gives each class, over the rows in which it fires", () => {
    const wanted = sample();
    const effects = effectsOf(finish(measure(wanted)).progress);
    const off = plainly([]);
    let compared = 0;
    for (const { latent: ref } of wanted) {
      const fires = firingsOf(ref).flatMap((n, row) => (n > 0 ? [row] : []));
      const scores = effects.get(keyOf(ref, "ablatePost"))?.scores;
      if (fires.length === 0) {
        expect(scores).toBeNull();
        continue;
      }
      const on = plainly([editOf(ref, "ablatePost")]);
      expect(scores).toMatchObject({ rows: fires.length });
      const [before, after] = [softmaxRows(off.scores, 3), softmaxRows(on.scores, 3)];
      for (const label of [0, 1, 2]) {
        const mean = (a: ArrayLike<number>, b: ArrayLike<number>) =>
          fires.reduce((sum, row) => sum + (a[3 * row + label] ?? 0) - (b[3 * row + label] ?? 0), 0) / fires.length;
        expect(Math.abs((scores?.scores[label]?.mean ?? Number.NaN) - mean(off.scores, on.scores))).toBeLessThan(3e-6);
        expect(Math.abs((scores?.probabilities[label]?.mean ?? Number.NaN) - mean(before, after))).toBeLessThan(3e-6);
        expect(scores?.scores[label]?.halfWidth === null).toBe(fires.length < fewestExamples);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(30);
  });

  it("are the same however rows share passes, and when states below are computed again", () => {
    const wanted = [...sample().slice(0, 4), ...sample().slice(-4)].map((target) => ({ ...target, controls: [5, 9] }));
    const first = effectsOf(finish(measure(wanted)).progress);
    const again = effectsOf(finish(measure(wanted, { batchTokens: 25, stateBytes: 0 })).progress);
    expect([...again.keys()].sort()).toEqual([...first.keys()].sort());
    for (const [key, effect] of first) {
      const other = again.get(key);
      expect(other?.delta).toBeCloseTo(effect.delta, 5);
      expect(other?.firings).toBe(effect.firings);
      expect(other?.scores?.scores[1]?.mean ?? 0).toBeCloseTo(effect.scores?.scores[1]?.mean ?? 0, 5);
      effect.controls.forEach((control, i) => {
        expect(other?.controls[i]).toMatchObject({ index: control.index, firings: control.firings });
        expect(other?.controls[i]?.delta).toBeCloseTo(control.delta, 5);
      });
    }
    const alone = effectsOf(finish(measure([{ latent: latent(0, 5), controls: [] }])).progress);
    const [control] = first.get(keyOf((wanted[0] as AblationTarget).latent, "ablatePost"))?.controls ?? [];
    expect(control?.delta).toBeCloseTo(alone.get(keyOf(latent(0, 5), "ablatePost"))?.delta ?? Number.NaN, 5);
  });

  it("change a regression's squared error and its number", () => {
    const { regression, free } = regressionOf(trained);
    const targets = rows.map((row, i) => ({ ...row, answer: i === 4 ? Number.NaN : i / 3 }));
    const wanted = sample().slice(10, 15);
    const effects = effectsOf(finish(measure(wanted, {}, regression, targets)).progress);
    const given = targets.filter(({ answer }) => !Number.isNaN(answer));
    const off = plainly([], regression, given);
    let largest = 0;
    for (const { latent: ref } of wanted) {
      const on = plainly([editOf(ref, "ablatePre")], regression, given);
      const change = on.losses.reduce((sum, loss, row) => sum + loss - (off.losses[row] ?? 0), 0) / given.length;
      const effect = effects.get(keyOf(ref, "ablatePre"));
      expect(Math.abs((effect?.delta ?? Number.NaN) - change)).toBeLessThan(1e-5);
      expect(effect?.scores?.probabilities ?? []).toEqual([]);
      largest = Math.max(largest, Math.abs(change));
    }
    expect(largest).toBeGreaterThan(1e-4);
    free();
  });

  it("leave rows out of what a latent gives in which it is kept with nothing to give", () => {
    // Of ReLU many latents are kept whose activation is 0.
    const wide = adapter.modules.map((module) => ({ ...module, selection: "relu" as const, k: 48 }));
    const relu = new Adapter(wide, adapter.tensors());
    const wanted = wide.flatMap(({ module }) => Array.from({ length: 9 }, (_, i) => ({ latent: { module, index: 7 * i }, controls: [] })));
    const effects = effectsOf(finish(measureAnswerAblations(classifier, relu, rows, wanted, { operations: ["ablatePost"] })).progress);
    /** Rows in which each latent is kept, and those in which it fires. */
    const [kept, fired] = [new Map<string, Set<number>>(), new Map<string, Set<number>>()];
    answered().forEach(({ ids }, row) => {
      const note = (into: Map<string, Set<number>>, key: string) => into.set(key, (into.get(key) ?? new Set()).add(row));
      const hooks = adapterHooks(relu, {
        onActivations({ module }, { indices, values }) {
          indices.forEach((index, at) => {
            note(kept, `${module} ${index}`);
            if (values[at] !== 0) note(fired, `${module} ${index}`);
          });
        },
      });
      tidy(() => readFloats(classifier.model.scores({ ids, rows: 1, tokens: ids.length }, hooks, classifier.head())));
    });
    let isKeptAlone = 0;
    for (const { latent: ref } of wanted) {
      const [keeps, fires] = [kept, fired].map((rowsOf) => rowsOf.get(`${ref.module} ${ref.index}`)?.size ?? 0) as [number, number];
      if (keeps > fires) isKeptAlone++;
      expect(effects.get(keyOf(ref, "ablatePost"))?.scores?.rows ?? 0).toBe(fires);
    }
    expect(isKeptAlone).toBeGreaterThan(1);
    relu.free();
  });

  it("can be stopped after any pass without a tensor left", () => {
    const wanted = [{ latent: latent(2, 6), controls: [0, 13] }];
    finish(measure(wanted));
    const live = liveTensors();
    const steps = finish(measure(wanted, { batchTokens: 25 })).progress.length;
    for (let stop = 1; stop < steps; stop += 3) {
      const work = measure(wanted, { batchTokens: 25 });
      for (let i = 0; i < stop; i++) work.next();
      work.return();
      expect(liveTensors()).toBe(live);
    }
  });

  it("refuse a latent that is not there, and rows that carry no interval", () => {
    expect(() => finish(measure([{ latent: { module: "encoder.9", index: 0 }, controls: [] }]))).toThrow("has no module encoder.9");
    expect(() => finish(measure([{ latent: latent(0, 64), controls: [] }]))).toThrow("latent 64 of");
    expect(() => finish(measure(sample(), {}, classifier, rows.slice(3, 5)))).toThrow("1 labelled rows are too few for an interval");
  });
});

describe("changes of scores", () => {
  it("are means over rows, unchanged minus ablated, of scores and of their softmax", () => {
    const changes = summariseScores(
      classification,
      { unchanged: Float32Array.of(0, 0, Math.log(3), 0), ablated: Float32Array.of(0, Math.log(3), 0, 0) },
      2,
    );
    expect(changes?.rows).toBe(2);
    expect(changes?.scores.map(({ mean }) => mean)).toEqual([expect.closeTo(Math.log(3) / 2, 6), expect.closeTo(-Math.log(3) / 2, 6)]);
    expect(changes?.probabilities.map(({ mean }) => mean)).toEqual([expect.closeTo(0.25, 6), expect.closeTo(-0.25, 6)]);
    expect(summariseScores(classification, { unchanged: new Float32Array(), ablated: new Float32Array() }, 2)).toBeNull();
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import { type DosePoint, type DoseRequest, doseRequest, doseResult } from "@/lib/contract/study";
import { fewestExamples } from "@/lib/numbers/statistics/enough-examples";
import { studentQuantile } from "@/lib/numbers/statistics/student-t";
import type { Adapter } from "@/server/engine/adapters/adapter";
import type { Arm } from "@/server/engine/adapters/arms";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { labelTokensOf } from "@/server/engine/models/row-batches";
import type { StudyContext } from "@/server/engine/studies/study-context";
import { type DoseStudy, studyDose } from "@/server/engine/studies/study-dose";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import { finish, toyLora, toyRows, toyStan } from "@/tests/server/engine/effects/toy-adapters";
import { loadToy, type ToyName } from "@/tests/server/engine/toy";
import { everywhere, mean, plainBest, plainContinuation, plainKl, plainLogs, plainLoss, plainTarget } from "./plain-study";
import { toyContext, toyTexts } from "./toy-study";

type Case = { name: ToyName; method: "stan" | "lora"; targets: string[] };
const CASES: readonly Case[] = [
  { name: "llama", method: "stan", targets: ["q_proj", "v_proj"] },
  { name: "gpt2", method: "stan", targets: ["c_attn", "c_fc"] },
  { name: "llama", method: "lora", targets: ["v_proj", "down_proj"] },
];

describe.each(CASES)("a dose study of a $method adapter of a $name model on $targets", ({ name, method, targets: modules }) => {
  let model: CausalModel;
  let adapter: Adapter;
  let context: StudyContext;
  let live: number;
  const prompts = toyTexts([5, 2, 3]);
  const targets = toyTexts([1, 3], 9);
  const rows = toyRows();
  const labelled = rows.filter((row) => labelTokensOf(row) > 0);

  beforeAll(async () => {
    await startEngine();
    model = loadToy(name);
    adapter = method === "stan" ? toyStan(model, modules) : toyLora(model, modules);
    context = toyContext(model, adapter);
    finish(study({ values: [2] }));
    live = liveTensors();
  });
  afterAll(() => {
    adapter.free();
    model.free();
    expect(liveTensors()).toBe(0);
  });

  const latent = (module: number, index: number) => ({ module: adapter.modules[module]?.module ?? "", index });
  const requestOf = (more: Partial<DoseRequest>): DoseRequest =>
    doseRequest.parse({
      kind: "dose",
      latent: latent(2, 1),
      operation: "clamp",
      values: [3],
      prompts: { texts: ["-"] },
      continuationTokens: 7,
      ...more,
    });
  function study(more: Partial<DoseRequest>, other: Partial<DoseStudy> = {}) {
    const request = requestOf(more);
    return studyDose(context, { request, prompts, targets, heldOut: { rows, isHeldOut: true }, controls: [], ...other });
  }

  type Logs = readonly Float64Array[];
  type Reference = {
    readonly unchanged: Arm;
    readonly texts: readonly { ids: readonly number[]; read: (arm: Arm) => Logs; adapted: Logs; base: Logs }[];
    readonly losses: readonly number[];
  };
  const onRows = (wanted: Arm): Arm => ({ ...wanted, edits: everywhere(wanted.edits ?? []) });

  /** What every point is compared with, by prompt or row, from separate passes. */
  function plainReference(unchanged: Arm): Reference {
    const texts = prompts.map(({ ids }) => {
      const text = [...ids, ...plainContinuation(model, unchanged, ids, 7, context.endIds)];
      const read = (wanted: Arm) => plainLogs(model, wanted, text, ids.length).slice(ids.length - 1, -1);
      return { ids, read, adapted: read(unchanged), base: read({}) };
    });
    return { unchanged, texts, losses: labelled.map((row) => plainLoss(model, onRows(unchanged), row)) };
  }

  /** The means of a point by prompt or row, from separate passes. */
  function plainPoint(arm: Arm, { texts, losses }: Reference) {
    const byPrompt = texts.map(({ ids, read, adapted, base }) => {
      const own = read(arm);
      const own2 = plainContinuation(model, arm, ids, 7, context.endIds).filter((id) => !context.endIds.includes(id));
      const pairs = own2.slice(1).map((id, i) => `${own2[i]},${id}`);
      return {
        klToAdapter: mean(own.map((logs, i) => plainKl(logs, adapted[i] ?? logs))),
        klToBase: mean(own.map((logs, i) => plainKl(logs, base[i] ?? logs))),
        changed: mean(own.map((logs, i) => (plainBest(logs) === plainBest(adapted[i]) ? 0 : 1))),
        targets: targets.map((target) => plainTarget(model, arm, ids, target.ids)),
        distinct2: pairs.length === 0 ? 1 : new Set(pairs).size / pairs.length,
      };
    });
    return {
      byPrompt,
      losses: labelled.map((row, i) => ({ own: plainLoss(model, onRows(arm), row), unchanged: losses[i] ?? Number.NaN })),
    };
  }

  function expectEstimate(
    found: { mean: number; halfWidth: number | null; count: number } | undefined,
    values: readonly number[],
    digits = 5,
  ) {
    const middle = mean(values);
    const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
    expect(found?.mean).toBeCloseTo(middle, digits);
    expect(found?.count).toBe(values.length);
    const halfWidth = studentQuantile(values.length - 1) * Math.sqrt(variance / values.length);
    if (values.length < fewestExamples) expect(found?.halfWidth).toBeNull();
    else expect(found?.halfWidth).toBeCloseTo(halfWidth, digits - 1);
  }

  const pointsBefore = new Map<Reference, ReturnType<typeof plainPoint>["byPrompt"]>();

  function expectPoint(point: Omit<DosePoint, "value"> | null | undefined, arm: Arm, reference: Reference): void {
    const { byPrompt, losses } = plainPoint(arm, reference);
    const before = pointsBefore.get(reference) ?? plainPoint(reference.unchanged, reference).byPrompt;
    pointsBefore.set(reference, before);
    expectEstimate(
      point?.klToAdapter,
      byPrompt.map(({ klToAdapter }) => klToAdapter),
    );
    expectEstimate(
      point?.klToBase,
      byPrompt.map(({ klToBase }) => klToBase),
    );
    expectEstimate(
      point?.changedTokens,
      byPrompt.map(({ changed }) => changed),
      9,
    );
    expectEstimate(
      point?.distinct2,
      byPrompt.map(({ distinct2 }) => distinct2),
      9,
    );
    expectEstimate(
      point?.distinct2Change ?? undefined,
      byPrompt.map(({ distinct2 }, prompt) => distinct2 - (before[prompt]?.distinct2 ?? Number.NaN)),
      9,
    );
    targets.forEach((_, i) => {
      expectEstimate(
        point?.targets[i],
        byPrompt.map((one) => one.targets[i] ?? Number.NaN),
      );
      expectEstimate(
        point?.targetChanges[i],
        byPrompt.map((one, prompt) => (one.targets[i] ?? Number.NaN) - (before[prompt]?.targets[i] ?? Number.NaN)),
      );
    });
    expectEstimate(
      point?.loss?.change,
      losses.map((loss) => loss.own - loss.unchanged),
    );
    const tokens = labelled.map(labelTokensOf);
    const weighted = losses.reduce((sum, { own }, row) => sum + own * (tokens[row] ?? 0), 0);
    expect(point?.loss?.mean).toBeCloseTo(weighted / tokens.reduce((sum, count) => sum + count, 0), 5);
  }

  const always: Edit = { operation: "scale", latent: { module: "", index: 3 }, value: -2, isOn: true, scope: "generated" };
  const cases: [string, Partial<DoseRequest>][] = [
    ["clamped", { operation: "clamp", values: [4, -3] }],
    ["scaled, in the prompt", { operation: "scale", values: [-3, 0, 5], scope: "prompt" }],
    ["added where it fires, in what is generated", { operation: "add", values: [6], scope: "generated", onlyIfFiring: true }],
    ["raised at positions 2 to 5", { operation: "minClamp", values: [2.5], scope: { from: 2, to: 5 } }],
  ];
  it.each(cases)("gives what separate passes in float64 give: %s", (_, more) => {
    // The second hangs on a latent of a lower layer than the studied one, so passes have to begin there.
    const hanging: Edit = { ...always, operation: "add", value: 3, latent: latent(3, 0), onlyIf: { latent: latent(0, 2), above: 0 } };
    const edits = [{ ...always, latent: latent(1, 3) }, hanging];
    const unchanged: Arm = { adapter, edits };
    const { result } = finish(study({ ...more, edits }, { controls: [4, 0] }));
    expect(doseResult.parse(result)).toEqual(result);
    const request = requestOf({ ...more, edits });
    const values = [...request.values].sort((a, b) => a - b);
    expect(result.points.map(({ value }) => value)).toEqual(values);
    const armAt = (index: number, value: number): Arm => {
      const { operation, latent: studied, scope, onlyIfFiring } = request;
      return { adapter, edits: [...edits, { operation, latent: { ...studied, index }, value, scope, onlyIfFiring, isOn: true }] };
    };
    const reference = plainReference(unchanged);
    for (const point of result.points) expectPoint(point, armAt(1, point.value), reference);
    const norms = adapter.decoderNorms().get(request.latent.module);
    expect(result.controls.map(({ index }) => index)).toEqual([4, 0]);
    for (const { index, factor, points } of result.controls) {
      const wanted = request.operation === "scale" ? 1 : (norms?.[1] ?? 0) / (norms?.[index] ?? 0);
      expect(factor).toBeCloseTo(wanted, 6);
      expect(points.map(({ value }) => value)).toEqual(values);
      for (const point of points) expectPoint(point, armAt(index, point.value * factor), reference);
    }
    expectPoint(result.adapter, unchanged, reference);
    expectPoint(result.base, {}, reference);
    expect(result.adapter).toMatchObject({
      klToAdapter: { mean: 0, halfWidth: null },
      changedTokens: { mean: 0 },
      loss: { change: { mean: 0 } },
    });
    expect(result.heldOut).toEqual({ rows: 10, labelTokens: labelled.reduce((sum, row) => sum + labelTokensOf(row), 0), isHeldOut: true });
    result.prompts.forEach(({ text, continuation }, prompt) => {
      expect(text).toBe(prompts[prompt]?.text);
      const ids = plainContinuation(model, unchanged, prompts[prompt]?.ids ?? [], 7, context.endIds);
      expect(continuation).toBe(ids.filter((id) => id !== 7).join(" "));
    });
    expect(liveTensors()).toBe(live);
  });

  it("finds nothing changed, exactly, where a value changes nothing", () => {
    const nothing = {
      klToAdapter: { mean: 0, halfWidth: null },
      changedTokens: { mean: 0, halfWidth: null },
      loss: { change: { mean: 0, halfWidth: null } },
    };
    const scaled = finish(study({ operation: "scale", values: [1] })).result;
    expect(scaled.points[0]).toMatchObject({ ...nothing, ...scaled.adapter });
    expect(finish(study({ operation: "add", values: [0] })).result.points[0]).toMatchObject(nothing);
    expect(finish(study({ operation: "minClamp", values: [-1e6] })).result.points[0]).toMatchObject(nothing);
    expect(finish(study({ operation: "clamp", values: [5], scope: { from: 40, to: 50 } })).result.points[0]).toMatchObject(nothing);
  });

  it("gives the same twice, with progress that ends where it said, the unchanged arm first and points by value before controls", () => {
    const run = () => finish(study({ values: [2, -2, 7] }, { controls: [4] }));
    const { progress, result } = run();
    expect(run().result).toEqual(result);
    expect(progress.at(-1)?.done).toBe(progress.at(-1)?.total);
    for (const { result: sofar, done, total } of progress) {
      expect(done).toBeLessThanOrEqual(total);
      if (sofar.points.length > 0) expect(sofar.adapter).not.toBeNull();
      if ((sofar.controls[0]?.points.length ?? 0) > 0) expect(sofar.points).toHaveLength(3);
    }
    expect(progress[0]?.result.points).toHaveLength(0);
  });

  it("can be left off after any piece without a tensor left", () => {
    const pieces = finish(study({ values: [2, 7] }, { controls: [4] })).progress.length;
    for (let stop = 0; stop < pieces; stop += 3) {
      const work = study({ values: [2, 7] }, { controls: [4] });
      for (let i = 0; i < stop; i++) work.next();
      work.return(finish(study({})).result);
      expect(liveTensors()).toBe(live);
    }
  });

  it("goes without targets and held-out rows, and of one prompt gives no interval", () => {
    const one = { prompts: prompts.slice(0, 1), targets: [], heldOut: null };
    const { result } = finish(study({}, one));
    expect(result.points[0]).toMatchObject({ targets: [], loss: null, klToAdapter: { halfWidth: null, count: 1 } });
    expect(result.heldOut).toBeNull();
  });

  it("refuses what cannot be measured", () => {
    expect(() => finish(study({}, { prompts: [] }))).toThrow("at least one prompt");
    expect(() => finish(study({}, { prompts: [{ text: "", ids: [] }] }))).toThrow("prompt 0 has no token");
    expect(() => finish(study({}, { targets: [{ text: "", ids: [] }] }))).toThrow("target 0 has no token");
    expect(() => finish(study({}, { prompts: toyTexts([30]) }))).toThrow("context is 29 tokens");
    expect(() => finish(study({}, { prompts: toyTexts([28]), targets: toyTexts([3]) }))).toThrow("context is 29 tokens");
    expect(() => finish(study({ latent: { module: "model.layers.9.q", index: 0 } }))).toThrow("no module model.layers.9.q");
    expect(() => finish(study({ latent: latent(0, 99) }))).toThrow("latent 99 of");
    expect(() => finish(study({}, { controls: [99] }))).toThrow("latent 99 of");
    const bare = rows.map((row) => ({ ...row, labels: row.labels.map(() => -100) }));
    expect(() => finish(study({}, { heldOut: { rows: bare, isHeldOut: true } }))).toThrow("none of 11 held-out rows has a label token");
    expect(() => finish(study({ values: [1e38] }))).toThrow(/not a finite number/);
    expect(liveTensors()).toBe(live);
  });
});

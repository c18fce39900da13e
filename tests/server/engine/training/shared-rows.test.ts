import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import { createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { layTexts } from "@/server/engine/models/row-batches";
import { answerObjective } from "@/server/engine/tasks/answers/answer-objective";
import { type AnsweredRow, layAnswered } from "@/server/engine/tasks/answers/answered-rows";
import { classification } from "@/server/engine/tasks/classification/classification";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import type { Objective } from "@/server/engine/training/objective";
import { type StepResult, Trainer } from "@/server/engine/training/trainer";
import { randomAdapter } from "@/tests/server/engine/adapters/random-adapter";
import { largestDifference, loraSettings, stanSettings, tinyTraining } from "@/tests/server/engine/tiny";
import { loadToy, type ToyName } from "@/tests/server/engine/toy";
import { loadToyEncoder, type ToyEncoderName } from "@/tests/server/engine/toy-encoder";

const random = new Random(4);
const ids = [5, 2, 9, 1, 4].map((length) => Int32Array.from({ length }, () => 2 + random.nextBelow(21)));
const texts = ids.map((own) => ({ ids: own, labels: own.map((id, at) => (at === 3 ? -100 : id)) }));
const answered: readonly AnsweredRow[] = ids.map((own, i) => ({ ids: own, tokenTypeIds: own.map((_, at) => (at > 2 ? 1 : 0)), answer: i }));
/** Which texts share a row; a row of two lies beside one of three, so that one is padded. */
const sharing = [
  [2, 1],
  [3, 0, 4],
];
const alone = ids.map((_, text) => [text]);
const lay = <Text>(rows: readonly (readonly number[])[], of: readonly Text[]) => rows.map((places) => places.map((at) => of[at] as Text));

const targets: Partial<Record<ToyName, string[]>> = {
  gpt2: ["c_attn", "c_proj", "c_fc"],
  gpt_neox: ["query_key_value", "dense"],
};
const targetsOf = (name: ToyName) => targets[name] ?? ["q_proj", "k_proj", "v_proj", "down_proj"];

function read(gradients: ReadonlyMap<string, Parameters<typeof readFloats>[0]>): Map<string, Float32Array> {
  return new Map([...gradients].map(([key, gradient]) => [key, readFloats(gradient)]));
}

function expectSame(got: ReadonlyMap<string, Float32Array>, wanted: ReadonlyMap<string, Float32Array>): void {
  expect([...got.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [key, values] of wanted) {
    const scale = Math.max(1, largestDifference(values, new Float32Array(values.length)));
    expect(largestDifference(got.get(key) ?? [], values) / scale, key).toBeLessThan(2e-5);
  }
}

/** Losses and norms to 2e-5 of their size, or of 1 where they are smaller. */
function expectSameSteps(got: readonly StepResult[], wanted: readonly StepResult[]): void {
  for (const value of [({ loss }: StepResult) => loss, ({ gradNorm }: StepResult) => gradNorm]) {
    const sizes = wanted.map((step) => Math.max(1, value(step)));
    const relative = (steps: readonly StepResult[]) => steps.map((step, at) => value(step) / (sizes[at] ?? Number.NaN));
    expect(largestDifference(relative(got), relative(wanted))).toBeLessThan(2e-5);
  }
  const counts = ({ tokens, labelTokens, epochs }: StepResult) => ({ tokens, labelTokens, epochs });
  expect(got.map(counts)).toEqual(wanted.map(counts));
}

/** With a larger epsilon: Adam makes whole steps of gradients that are 0 but for rounding. */
const training = { ...tinyTraining, shuffle: true, epsilon: 1e-5 };

/** Each text in a row of its own, as it was drawn. */
const unshared = (objective: Objective): Objective => ({ ...objective, selectsOverBatch: true });

beforeAll(async () => {
  await startEngine();
});
afterEach(() => {
  expect(liveTensors()).toBe(0);
});

describe.each(["llama", "gpt2", "gpt_neox", "mistral", "gemma2", "gemma3_text", "smollm3"] as const)(
  "texts that share a row (%s)",
  (name) => {
    it("have the losses and gradients that they have alone", () => {
      const model = loadToy(name);
      const { adapter } = randomAdapter(model.projections, stanSettings(targetsOf(name), { numLatents: 7, k: 3 }));
      const [packed, plain] = [sharing, alone].map((rows) => {
        const batch = layTexts(lay(rows, texts));
        const { tokenLosses, gradients } = model.lossAndGradients(batch, adapter.trainingHooks(), 0.1);
        const found = read(gradients);
        free(gradients);
        // By text, its losses from the first token to the last.
        const byText: number[][] = texts.map(() => []);
        const starts = batch.starts ?? new Int32Array(batch.ids.length);
        let text = -1;
        const order = rows.flat();
        tokenLosses.forEach((loss, at) => {
          if (starts[at] === at % batch.tokens) text++;
          if (batch.attentionMask?.[at] !== 0) byText[order[text] ?? -1]?.push(loss);
        });
        return { gradients: found, byText };
      });
      if (packed === undefined || plain === undefined) throw new Error("nothing was measured");
      expectSame(packed.gradients, plain.gradients);
      texts.forEach((_, text) => {
        const [got, wanted] = [packed.byText[text] ?? [], plain.byText[text] ?? []];
        expect(got.map(Number.isNaN)).toEqual(wanted.map(Number.isNaN));
        expect(largestDifference(got.filter(Number.isFinite), wanted.filter(Number.isFinite))).toBeLessThan(2e-5);
      });
      adapter.free();
      model.free();
    });

    it.each<[string, AdapterSettings]>([
      ["STAN", stanSettings(targetsOf(name), { numLatents: 7, k: 3 })],
      ["LoRA with dropout", loraSettings(targetsOf(name), { dropout: 0.4 })],
    ])("are trained in ten steps as they are alone (%s)", (_, settings) => {
      const model = loadToy(name);
      const [packed, plain] = [(one: Objective) => one, unshared].map((as) => {
        const adapter = Adapter.create(model.projections, settings, 3);
        const trainer = new Trainer(as(causalObjective(model, adapter, texts)), training);
        const steps = Array.from({ length: 10 }, () => trainer.takeStep());
        const health = trainer.healthReport();
        trainer.free();
        adapter.free();
        return { steps, health };
      });
      model.free();
      expectSameSteps(packed?.steps ?? [], plain?.steps ?? []);
      expect(packed?.health).toEqual(plain?.health);
    });
  },
);

describe.each<[ToyEncoderName, string[]]>([
  ["bert", ["query", "key", "value", "pooler.dense"]],
  ["roberta", ["query", "key", "value"]],
  ["deberta-v2", ["query_proj", "key_proj", "value_proj", "pooler.dense"]],
])("texts that share a row of an encoder (%s)", (name, modules) => {
  it("have the scores, losses and gradients that they have alone", () => {
    const encoder = loadToyEncoder(name);
    const model = createClassificationModel(encoder, 5);
    const { adapter } = randomAdapter(encoder.projections, loraSettings(modules));
    const { head } = TrainedHead.start(model, 3);
    const rows = name === "bert" ? answered : answered.map((row) => ({ ...row, tokenTypeIds: undefined }));
    const [packed, plain] = [sharing, alone].map((places) => {
      const batch = layAnswered(classification, lay(places, rows), model);
      const { gradients, scores, rowLosses } = model.lossAndGradients(batch, adapter.trainingHooks(), head.read(), 0.1);
      const found = read(gradients);
      free(gradients);
      const order = places.flat();
      const by = (values: Float32Array) => texts.flatMap((_, text) => Array.from(values.subarray(...spanOf(values, order.indexOf(text)))));
      return { gradients: found, scores: by(scores), losses: by(rowLosses) };
    });
    if (packed === undefined || plain === undefined) throw new Error("nothing was measured");
    expectSame(packed.gradients, plain.gradients);
    expect(largestDifference(packed.scores, plain.scores)).toBeLessThan(2e-5);
    expect(largestDifference(packed.losses, plain.losses)).toBeLessThan(2e-5);
    head.free();
    adapter.free();
    encoder.free();
  });

  it.each<[string, AdapterSettings]>([
    ["STAN", stanSettings(modules, { numLatents: 7, k: 3 })],
    ["LoRA with dropout", loraSettings(modules, { dropout: 0.4 })],
  ])("are trained in ten steps as they are alone (%s)", (_, settings) => {
    const encoder = loadToyEncoder(name);
    const model = createClassificationModel(encoder, 5);
    const rows = name === "bert" ? answered : answered.map((row) => ({ ...row, tokenTypeIds: undefined }));
    const [packed, plain] = [(one: Objective) => one, unshared].map((as) => {
      const adapter = Adapter.create(encoder.projections, settings, 3);
      const head = TrainedHead.create(model, 3);
      const objective = as(answerObjective(classification, model, adapter, head, rows));
      const trainer = new Trainer(objective, training);
      const steps = Array.from({ length: 10 }, () => trainer.takeStep());
      const health = trainer.healthReport();
      for (const one of [trainer, adapter, head]) one.free();
      return { steps, health };
    });
    encoder.free();
    expectSameSteps(packed?.steps ?? [], plain?.steps ?? []);
    expect(packed?.health).toEqual(plain?.health);
  });

  function spanOf(values: Float32Array, place: number): [number, number] {
    const width = values.length / texts.length;
    return [place * width, (place + 1) * width];
  }
});

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import { FullWeights } from "@/server/engine/methods/full/full-weights";
import { type ClassificationModel, createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { answerObjective } from "@/server/engine/tasks/answers/answer-objective";
import { classAnswers } from "@/server/engine/tasks/classification/class-answers";
import { classification } from "@/server/engine/tasks/classification/classification";
import { numberAnswers } from "@/server/engine/tasks/regression/number-answers";
import { regression } from "@/server/engine/tasks/regression/regression";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { Trainer } from "@/server/engine/training/trainer";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";
import { largestDifference, shareNear, tinyTraining } from "@/tests/server/engine/tiny";
import { answeredRows, type FixtureBatch, loadEncoderFolder } from "@/tests/server/engine/tiny-encoder";

/** tests/golden/full/make_encoders.py made the values in float64. */
describe.each(["bert-regression", "roberta-relu", "deberta-buckets"])("%s", (name) => {
  let model: ClassificationModel;
  let values: SafetensorsFile;
  let batches: FixtureBatch[];

  beforeAll(async () => {
    await startEngine();
    const encoder = loadEncoderFolder(join("tests/golden/encoders", name));
    model = createClassificationModel(encoder, encoder.config.numLabels);
    values = openSafetensors(join("tests/golden/full", `${name}.safetensors`));
    const file = openSafetensors(join("tests/golden/encoders", name, "expected.safetensors"));
    const [steps = 0, rows = 0, tokens = 0] = file.shape("input_ids");
    const of = (tensor: string, step: number) => file.readInts(tensor).slice(step * rows * tokens, (step + 1) * rows * tokens);
    const answers = file.read("answers");
    batches = Array.from({ length: steps }, (_, step) => {
      const own = answers.slice(step * rows, (step + 1) * rows);
      return {
        ids: of("input_ids", step),
        attentionMask: of("attention_mask", step),
        tokenTypeIds: of("token_type_ids", step),
        rows,
        tokens,
        given: own,
        answers: model.numLabels === 1 ? numberAnswers(own) : classAnswers(Int32Array.from(own)),
      };
    });
    file.close();
  });
  afterAll(() => {
    values.close();
    model.encoder.free();
    expect(liveTensors()).toBe(0);
  });

  const scoresOf = (full: FullWeights | undefined, head: TrainedHead) =>
    tidy(() => readFloats(model.scores(batches[0] as FixtureBatch, full && adapterHooks(full), head.read())));

  it.each(["full", "head"] as const)("is trained as PyTorch does it: %s", (mode) => {
    const full = mode === "full" ? FullWeights.create(model.encoder.projections, null) : undefined;
    const { head } = TrainedHead.start(model, 1);
    const before = scoresOf(undefined, head);
    expect(scoresOf(full, head)).toEqual(before);
    const losses = values.read(`${mode}.losses`);
    const rows = batches.flatMap((batch) => answeredRows(batch));
    const settings = { ...tinyTraining, steps: losses.length, batchRows: 3, microBatchRows: 2, clipNorm: 1 };
    const trainer = new Trainer(answerObjective(model.numLabels === 1 ? regression : classification, model, full, head, rows), settings);
    const steps = Array.from(losses, () => trainer.takeStep());
    expect(
      largestDifference(
        steps.map(({ loss }) => loss),
        losses,
      ),
    ).toBeLessThan(2e-5);
    steps.forEach(({ gradNorm }, step) => {
      expect(gradNorm / (values.read(`${mode}.gradNorms`)[step] ?? 0)).toBeCloseTo(1, 4);
    });
    expect(largestDifference(scoresOf(full, head), values.read(`${mode}.scoresAfter`))).toBeLessThan(5e-5);
    const trained = new Map<string, Float32Array>(
      [...(full?.tensors() ?? [])].flatMap(([module, { weight, bias }]) => [
        [`${module}.weight`, weight.data] as const,
        ...(bias === undefined ? [] : [[`${module}.bias`, bias.data] as const]),
      ]),
    );
    for (const [tensor, { data }] of head.tensors()) trained.set(tensor, data);
    const wanted = values.names().filter((tensor) => tensor.startsWith(`${mode}.after.`));
    expect([...trained.keys()].sort()).toEqual(wanted.map((tensor) => tensor.slice(`${mode}.after.`.length)).sort());
    for (const [tensor, data] of trained) {
      // Of keys the bias has a gradient of 0 but for rounding.
      if (/key(_proj)?\.bias$/.test(tensor)) continue;
      expect(shareNear(data, values.read(`${mode}.after.${tensor}`)), tensor).toBeGreaterThan(0.95);
    }
    const again = TrainedHead.start(model, 1).head;
    expect(scoresOf(undefined, again), "the base model is as it was").toEqual(before);
    for (const one of [trainer, head, again]) one.free();
    full?.free();
  });
});

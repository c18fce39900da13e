import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LoraTensors } from "@/lib/contract/methods/lora/tensors";
import type { StanTensors } from "@/lib/contract/methods/stan/tensors";
import { Adapter } from "@/server/engine/adapters/adapter";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { Parameter } from "@/server/engine/methods/parameter";
import {
  type AnsweredBatch,
  type ClassificationModel,
  createClassificationModel,
} from "@/server/engine/models/encoders/classification-model";
import { loadEncoder } from "@/server/engine/models/encoders/load-encoder";
import { classAnswers } from "@/server/engine/tasks/classification/class-answers";
import { numberAnswers } from "@/server/engine/tasks/regression/number-answers";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { assign } from "@/server/engine/tensor/variables";
import { largest, largestDifference, loraSettings, stanSettings } from "@/tests/server/engine/tiny";
import {
  loadToyEncoder,
  renamedWeights,
  type ToyEncoderName,
  toyEncoderBatch,
  toyEncoderConfigs,
  toyEncoderWeights,
} from "@/tests/server/engine/toy-encoder";

const NAMES = ["bert", "roberta", "deberta-v2"] as const;
const inputs = (name: ToyEncoderName) => (name === "deberta-v2" ? ["query_proj", "value_proj"] : ["query", "value"]);

function open(name: ToyEncoderName, numLabels = 5): ClassificationModel {
  return createClassificationModel(loadToyEncoder(name), numLabels);
}

function scoresOf(model: ClassificationModel, head: TrainedHead, adapter?: Adapter): Float32Array {
  return tidy(() => readFloats(model.scores(toyEncoderBatch(), adapter?.trainingHooks(), head.read())));
}

function nudge(parameter: Parameter, values: Float32Array, at: number, by: number): void {
  parameter.release();
  const moved = values.slice();
  moved[at] = (moved[at] as number) + by;
  tidy(() => assign(parameter.variable, fromValues(moved, parameter.shape)));
}

describe("a classification model", () => {
  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => {
    expect(liveTensors()).toBe(0);
  });

  it.each(NAMES)("%s is the base model bit for bit with D at zero, and with the adapter off", (name) => {
    const model = open(name);
    const head = TrainedHead.create(model, 3);
    const adapter = Adapter.create(model.encoder.projections, stanSettings(inputs(name), { numLatents: 7, k: 2 }), 1);
    expect(scoresOf(model, head, adapter)).toEqual(scoresOf(model, head));
    const moved = Adapter.create(model.encoder.projections, stanSettings(inputs(name), { numLatents: 7, k: 2, init: "small" }), 1);
    expect(scoresOf(model, head, moved)).not.toEqual(scoresOf(model, head));
    const off = adapterHooks(moved, { edits: [{ operation: "adapterOff", isOn: true, scope: "all" }] });
    expect(tidy(() => readFloats(model.scores(toyEncoderBatch(), off, head.read())))).toEqual(scoresOf(model, head));
    for (const one of [head, adapter, moved, model.encoder]) one.free();
  });

  it.each(NAMES)("of %s: STAN with all of r latents kept is LoRA of rank r, scores and gradients", (name) => {
    const model = open(name);
    const { projections } = model.encoder;
    const head = TrainedHead.create(model, 3);
    const stan = Adapter.create(projections, stanSettings(inputs(name), { numLatents: 3, k: 3, alpha: 6, init: "small" }), 2);
    const matrices = [...(stan.tensors() as Map<string, StanTensors>)].map(([module, { E, D }]) => [module, { A: E, B: D }] as const);
    const settings = loraSettings(inputs(name), { rank: 3, alpha: 6 });
    const lora = new Adapter(planModules(projections, settings), new Map<string, LoraTensors>(matrices));
    expect(largestDifference(scoresOf(model, head, stan), scoresOf(model, head, lora))).toBeLessThan(1e-6);
    const [ofStan, ofLora] = [stan, lora].map(
      (adapter) => model.lossAndGradients(toyEncoderBatch(), adapter.trainingHooks(), head.read(), 1).gradients,
    );
    for (const [key, gradient] of ofStan ?? []) {
      const other = ofLora?.get(key.replace(/\.E$/, ".A").replace(/\.D$/, ".B"));
      if (other === undefined) throw new Error(`LoRA has no gradient for ${key}`);
      const [a, b] = [readFloats(gradient), readFloats(other)];
      // D is held by latent, B by output.
      const turned = key.endsWith(".D") ? b.map((_, at) => b[(at % 12) * 3 + Math.floor(at / 12)] ?? Number.NaN) : b;
      expect(largestDifference(a, turned), key).toBeLessThan(1e-6 * Math.max(1, largest(a)));
    }
    free(ofStan, ofLora);
    for (const one of [head, stan, lora, model.encoder]) one.free();
  });

  it.each(NAMES.flatMap((name) => [[name, "all"] as const, [name, "second"] as const, [name, "pooler"] as const]))(
    "of %s has gradients that equal finite differences with adapters on %s modules",
    (name, where) => {
      const model = open(name);
      const targets = { all: ".*", second: ".*layer\\.1\\.attention\\.self\\.(key|key_proj)", pooler: ".*pooler\\.dense" }[where];
      const hasTarget = model.encoder.projections.some(({ module }) => new RegExp(`^(?:${targets})$`).test(module));
      const head = TrainedHead.create(model, 3);
      // All latents kept: the loss is then smooth, and a difference quotient exists everywhere.
      const settings = stanSettings([], { numLatents: 3, k: 3, alpha: 3, init: "small", targets: { modules: targets, layers: null } });
      const adapter = hasTarget ? Adapter.create(model.encoder.projections, settings, 2) : undefined;
      expect(adapter === undefined).toBe(name === "roberta" && where === "pooler");
      const lossOf = () => {
        const { lossSum, gradients } = model.lossAndGradients(toyEncoderBatch(), adapter?.trainingHooks(), head.read(), 1);
        free(gradients);
        return lossSum;
      };
      const { gradients } = model.lossAndGradients(toyEncoderBatch(), adapter?.trainingHooks(), head.read(), 1);
      const parameters = [...(adapter?.parameters() ?? []), ...head.parameters()];
      expect([...gradients.keys()].sort()).toEqual(parameters.map(({ key }) => key).sort());
      for (const parameter of parameters) {
        const slopes = readFloats(gradients.get(parameter.key) as never);
        const values = parameter.values();
        for (const at of [0, Math.floor(values.length / 2), values.length - 1]) {
          const step = 0.02;
          nudge(parameter, values, at, step);
          const above = lossOf();
          nudge(parameter, values, at, -step);
          const below = lossOf();
          nudge(parameter, values, at, 0);
          const measured = (above - below) / (2 * step);
          expect(Math.abs(measured - (slopes[at] as number)), `${parameter.key}[${at}]`).toBeLessThan(2e-4 + 1e-2 * Math.abs(measured));
        }
      }
      free(gradients);
      for (const one of [head, adapter, model.encoder]) one?.free();
    },
  );

  it("gives a row without a label no part in the loss", () => {
    const model = open("deberta-v2");
    const head = TrainedHead.create(model, 3);
    const batch = toyEncoderBatch();
    const adapter = Adapter.create(
      model.encoder.projections,
      stanSettings(inputs("deberta-v2"), { numLatents: 7, k: 2, init: "small" }),
      1,
    );
    const part = (answered: AnsweredBatch) => model.lossAndGradients(answered, adapter.trainingHooks(), head.read(), 0.5);
    const whole = part({ ...batch, answers: classAnswers(Int32Array.of(4, -100, 2)) });
    expect(Array.from(whole.rowLosses, Number.isNaN)).toEqual([false, true, false]);
    const pick = (values: Int32Array | undefined) =>
      Int32Array.from([0, 2].flatMap((row) => [...(values ?? []).slice(row * 11, row * 11 + 11)]));
    const less = part({
      ids: pick(batch.ids),
      attentionMask: pick(batch.attentionMask),
      rows: 2,
      tokens: 11,
      answers: classAnswers(Int32Array.of(4, 2)),
    });
    expect(whole.lossSum).toBeCloseTo(less.lossSum, 5);
    for (const [key, gradient] of whole.gradients) {
      const other = less.gradients.get(key);
      if (other === undefined) throw new Error(`no ${key}`);
      expect(largestDifference(readFloats(gradient), readFloats(other)), key).toBeLessThan(2e-6);
    }
    free(whole.gradients, less.gradients);
    for (const one of [head, adapter, model.encoder]) one.free();
  });

  it.each([["bert", "bert.pooler.dense"] as const, ["deberta-v2", "pooler.dense"] as const])(
    "of %s trains the dense layer with the head where the checkpoint has none",
    (name, module) => {
      const weights = renamedWeights(toyEncoderWeights(name), (tensor) => (/pooler|^classifier/.test(tensor) ? null : tensor));
      const encoder = loadEncoder(toyEncoderConfigs[name], weights);
      const model = createClassificationModel(encoder, 2);
      expect(Object.fromEntries(model.headShapes)).toEqual({
        [`${module}.weight`]: [12, 12],
        [`${module}.bias`]: [12],
        "classifier.weight": [2, 12],
        "classifier.bias": [2],
      });
      const whole = open(name);
      const frozen = toyEncoderWeights(name);
      const full = (tensor: string) => [tensor, { shape: frozen.shape(tensor), data: frozen.read(tensor) }] as const;
      const pooler = [full(`${module}.weight`), full(`${module}.bias`)];
      const same = createClassificationModel(encoder, 5);
      const heads = [
        new TrainedHead(same, new Map([...pooler, full("classifier.weight"), full("classifier.bias")])),
        TrainedHead.start(whole, 1).head,
      ];
      const [own, own2] = heads as [TrainedHead, TrainedHead];
      expect(largestDifference(scoresOf(same, own), scoresOf(whole, own2))).toBeLessThan(1e-6);
      for (const one of [...heads, encoder, whole.encoder]) one.free();
    },
  );

  it("starts from the checkpoint's head where that has as many labels, else from the seed", () => {
    const [five, two] = [open("bert"), open("bert", 2)];
    const starts = [TrainedHead.start(five, 1), TrainedHead.start(two, 1), TrainedHead.start(two, 1), TrainedHead.start(two, 2)];
    expect(starts.map(({ from }) => from)).toEqual(["checkpoint", "seed", "seed", "seed"]);
    const [own, first, again, other] = starts.map(({ head }) => head.tensors());
    expect(own?.get("classifier.weight")?.data).toEqual(toyEncoderWeights("bert").read("classifier.weight"));
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
    const weights = first?.get("classifier.weight")?.data ?? new Float32Array(0);
    const deviation = Math.sqrt(weights.reduce((sum, value) => sum + value * value, 0) / weights.length);
    expect(deviation).toBeGreaterThan(0.01);
    expect(deviation).toBeLessThan(0.03);
    expect(first?.get("classifier.bias")?.data).toEqual(new Float32Array(2));
    expect(starts[1]?.head.parameterCount).toBe(2 * 12 + 2);
    for (const one of [...starts.map(({ head }) => head), five.encoder, two.encoder]) one.free();
  });

  it("refuses a head that is not the model's, naming the tensor", () => {
    const model = open("roberta");
    const { head } = TrainedHead.start(model, 1);
    const tensors = head.tensors();
    const but = (name: string) => new Map([...tensors].filter(([key]) => key !== name));
    expect(() => new TrainedHead(model, but("classifier.out_proj.bias"))).toThrow("the head is missing classifier.out_proj.bias");
    expect(() => new TrainedHead(model, new Map([...tensors, ["score.weight", { shape: [1], data: new Float32Array(1) }]]))).toThrow(
      "the head has a tensor score.weight, which is not one of classifier.dense.weight",
    );
    const two = createClassificationModel(model.encoder, 2);
    expect(() => new TrainedHead(two, tensors)).toThrow(
      "the head's classifier.out_proj.weight has shape [5,12], but a head with 2 labels needs [2,12]",
    );
    expect(() => model.scores(toyEncoderBatch(), undefined, new Map())).toThrow("the head lacks classifier.dense.weight; it has nothing");
    expect(() => createClassificationModel(model.encoder, 0)).toThrow("numLabels must be a whole number above 0, but is 0");
    for (const one of [head, model.encoder]) one.free();
  });

  it("refuses answers that do not fit, naming the row", () => {
    const [model, regression] = [open("bert"), open("bert", 1)];
    const heads = [TrainedHead.create(model, 1), TrainedHead.create(regression, 1)] as const;
    const with5 = (labels: number[]) => () =>
      model.lossAndGradients({ ...toyEncoderBatch(), answers: classAnswers(Int32Array.from(labels)) }, undefined, heads[0].read(), 1);
    expect(with5([0, 5, 1])).toThrow("row 1: label 5 is not in 0…4");
    expect(with5([0, 1, -1])).toThrow("row 2: label -1 is not in 0…4");
    expect(with5([-100, -100, -100])).toThrow("no row of the batch is labelled");
    expect(with5([0, 1])).toThrow("2 labels for 3 rows");
    const with1 = (targets: number[]) => () =>
      regression.lossAndGradients(
        { ...toyEncoderBatch(), answers: numberAnswers(Float32Array.from(targets)) },
        undefined,
        heads[1].read(),
        1,
      );
    expect(with1([0.5, Number.POSITIVE_INFINITY, 1])).toThrow("row 1: target Infinity is not finite");
    const mixed = { ...toyEncoderBatch(), answers: numberAnswers(new Float32Array(3)) };
    expect(() => model.lossAndGradients(mixed, undefined, heads[0].read(), 1)).toThrow("a head with 5 labels is a classifier");
    expect(() => regression.lossAndGradients(toyEncoderBatch(), undefined, heads[1].read(), 1)).toThrow(
      "a head with 1 label is a regression",
    );
    for (const one of [...heads, model.encoder, regression.encoder]) one.free();
  });
});

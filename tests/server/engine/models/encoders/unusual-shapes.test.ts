import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Matrix } from "@/lib/contract/methods/tensors";
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { AdapterTensors } from "@/server/engine/methods/adapter-module";
import { type ClassificationModel, createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { transposed } from "@/server/engine/models/weights";
import { answerObjective } from "@/server/engine/tasks/answers/answer-objective";
import { classAnswers } from "@/server/engine/tasks/classification/class-answers";
import { classification } from "@/server/engine/tasks/classification/classification";
import { numberAnswers } from "@/server/engine/tasks/regression/number-answers";
import { regression } from "@/server/engine/tasks/regression/regression";
import { type EngineOptions, startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors, tidy } from "@/server/engine/tensor/scope";
import { Trainer } from "@/server/engine/training/trainer";
import { openSafetensors, type SafetensorsFile } from "@/server/files/weights/safetensors";
import { largest, largestDifference, stanSettings, tinyTraining } from "@/tests/server/engine/tiny";
import { answeredRows, type FixtureBatch, loadEncoderFolder } from "@/tests/server/engine/tiny-encoder";

const golden = "tests/golden/encoders";
const CASES = ["bert-regression", "roberta-relu", "deberta-buckets", "deberta-own", "deberta-keys", "deberta-absolute"];
const ENGINES: readonly (EngineOptions & { readonly name: string })[] = [
  { name: "TensorFlow with own kernels", prefer: "tensorflow", kernels: "own" },
  { name: "TensorFlow without", prefer: "tensorflow", kernels: "twin" },
  { name: "WebAssembly", prefer: "wasm", kernels: "twin" },
];

/** Small encoders of unusual shapes; `make.py` beside them tells which and made the values in float64. */
describe.each(ENGINES.flatMap((engine) => CASES.map((name) => [name, engine.name, engine] as const)))(
  "%s as PyTorch computes it on %s",
  (name, _, { name: __, ...engine }) => {
    let model: ClassificationModel;
    let values: SafetensorsFile;

    beforeAll(async () => {
      await startEngine(engine);
      const encoder = loadEncoderFolder(join(golden, name));
      model = createClassificationModel(encoder, encoder.config.numLabels);
      values = openSafetensors(join(golden, name, "expected.safetensors"));
    });
    afterAll(() => {
      model.encoder.free();
      values.close();
      expect(liveTensors()).toBe(0);
    });

    function batchOf(step: number): FixtureBatch {
      const [, rows = 0, tokens = 0] = values.shape("input_ids");
      const of = (tensor: string) => values.readInts(tensor).slice(step * rows * tokens, (step + 1) * rows * tokens);
      const answers = values.read("answers").slice(step * rows, (step + 1) * rows);
      return {
        ids: of("input_ids"),
        attentionMask: of("attention_mask"),
        tokenTypeIds: of("token_type_ids"),
        rows,
        tokens,
        given: answers,
        answers: model.numLabels === 1 ? numberAnswers(answers) : classAnswers(Int32Array.from(answers)),
      };
    }

    /** STAN on every linear module that is frozen, the pooler among them, as the values were made. */
    function start(): { adapter: Adapter; head: TrainedHead } {
      const settings = stanSettings([], { numLatents: 5, k: 3, alpha: 2.5, targets: { modules: ".*", layers: null } });
      const modules = planModules(model.encoder.projections, settings);
      const matrix = (tensor: string): Matrix => ({ shape: values.shape(tensor) as [number, number], data: values.read(tensor) });
      const tensors = modules.map(({ module }): [string, AdapterTensors] => [
        module,
        { E: matrix(`init.${module}.E`), D: matrix(`init.${module}.D`) },
      ]);
      expect(modules.length).toBe(values.names().filter((tensor) => /^init\..*\.E$/.test(tensor)).length);
      const full = [...model.headShapes.keys()].map((tensor) => {
        const stored = `init.${tensor}`;
        return [tensor, { shape: values.shape(stored), data: values.read(stored) }] as const;
      });
      return { adapter: new Adapter(modules, new Map(tensors)), head: new TrainedHead(model, new Map(full)) };
    }

    it("gives the hidden states and scores of a padded batch, without and with an adapter on every module", () => {
      const batch = batchOf(0);
      const { hiddenStates } = model.encoder.forward(batch, { hiddenStates: "all" });
      hiddenStates.forEach((state, i) => {
        const [wanted, got] = [values.read(`base.hidden.${i}`), readFloats(state)];
        expect(largestDifference(got, wanted)).toBeLessThan(1e-5);
      });
      free(hiddenStates);
      const own = TrainedHead.start(model, 1).head;
      const base = tidy(() => readFloats(model.scores(batch, undefined, own.read())));
      expect(largestDifference(base, values.read("base.logits"))).toBeLessThan(1e-5);
      const { adapter, head } = start();
      const adapted = tidy(() => readFloats(model.scores(batch, adapter.trainingHooks(), head.read())));
      expect(largestDifference(adapted, values.read("stan.logits"))).toBeLessThan(1e-5);
      expect(largestDifference(adapted, base)).toBeGreaterThan(1e-2);
      for (const one of [own, adapter, head]) one.free();
    });

    it("gives the gradients of every module and of the head", () => {
      const { adapter, head } = start();
      const batch = batchOf(0);
      const alone = model.lossAndGradients(batch, undefined, head.read(), 1);
      expect([...alone.gradients.keys()].sort()).toEqual([...model.headShapes.keys()].sort());
      free(alone.gradients);
      const answered = alone.rowLosses.filter((loss) => !Number.isNaN(loss)).length;
      const { lossSum, gradients } = model.lossAndGradients(batch, adapter.trainingHooks(), head.read(), 1 / answered);
      expect(lossSum / answered).toBeCloseTo(values.read("losses")[0] ?? 0, 5);
      const sizes = new Map(adapter.modules.map(({ module, numLatents, dOut }) => [`${module}.D`, [numLatents, dOut] as const]));
      for (const [key, gradient] of gradients) {
        const size = sizes.get(key);
        const got = size === undefined ? readFloats(gradient) : transposed(readFloats(gradient), ...size);
        const wanted = values.read(`grad.${key}`);
        expect(largestDifference(got, wanted), key).toBeLessThan(2e-6 * Math.max(1, largest(wanted)));
      }
      expect(gradients.size).toBe(values.names().filter((tensor) => tensor.startsWith("grad.")).length);
      free(gradients);
      for (const one of [adapter, head]) one.free();
    });

    it.each([1, 2, 3])("trains as AdamW does in micro-batches of %i rows", (microBatchRows) => {
      const { adapter, head } = start();
      const losses = values.read("losses");
      const rows = Array.from(losses, (_, step) => answeredRows(batchOf(step))).flat();
      const settings = { ...tinyTraining, steps: losses.length, batchRows: 3, microBatchRows, clipNorm: 1 };
      const trainer = new Trainer(
        answerObjective(model.numLabels === 1 ? regression : classification, model, adapter, head, rows),
        settings,
      );
      const steps = Array.from(losses, () => trainer.takeStep());
      const got = steps.map(({ loss }) => loss);
      expect(largestDifference(got, losses)).toBeLessThan(2e-5);
      steps.forEach(({ gradNorm }, step) => {
        expect(gradNorm / (values.read("gradNorms")[step] ?? 0)).toBeCloseTo(1, 4);
      });
      for (const one of [trainer, adapter, head]) one.free();
    });
  },
);

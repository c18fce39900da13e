import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import { createClassificationModel } from "@/server/engine/models/encoders/classification-model";
import { answerObjective } from "@/server/engine/tasks/answers/answer-objective";
import { classification } from "@/server/engine/tasks/classification/classification";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { wholly } from "@/server/engine/tensor/in-parts";
import { free, liveTensors, measureBytes } from "@/server/engine/tensor/scope";
import type { Objective } from "@/server/engine/training/objective";
import type { TrainingSettings } from "@/server/engine/training/settings";
import { Trainer } from "@/server/engine/training/trainer";
import { loadSized, loadSizedEncoder, type SizedDecoder } from "@/tests/server/engine/sized-models";
import { loraSettings, stanSettings, tinyTraining } from "@/tests/server/engine/tiny";
import { loadToy, type ToyName } from "@/tests/server/engine/toy";
import { loadToyEncoder } from "@/tests/server/engine/toy-encoder";
import { computedCases, withDropout } from "@/tests/support/methods/methods";

const settings: TrainingSettings = { ...tinyTraining, batchRows: 4, microBatchRows: 3, clipNorm: 1, shuffle: true, seed: 9 };

function idsOf(vocab: number, tokens: (random: Random) => number): Int32Array[] {
  const random = new Random(4);
  return Array.from({ length: 8 }, () => Int32Array.from({ length: tokens(random) }, () => 2 + random.nextBelow(vocab - 2)));
}

const someTokens = (random: Random) => 3 + random.nextBelow(6);
const causalRows = (vocab: number, tokens = someTokens) => idsOf(vocab, tokens).map((ids) => ({ ids, labels: ids }));
const answeredRows = (vocab: number, tokens = someTokens) => idsOf(vocab, tokens).map((ids, row) => ({ ids, answer: row % 3 }));

/** What is trained, anew each time. */
type Subject = { objective: Objective; tensors(): unknown; free(): void };

/** Ten steps: what each reports, what the latents did, and what was learned. */
function tenSteps(subject: Subject, recomputeBlocks: boolean) {
  const trainer = new Trainer(subject.objective, { ...settings, recomputeBlocks });
  const steps = Array.from({ length: 10 }, () => trainer.takeStep());
  const result = { steps, health: trainer.healthReport(), record: trainer.latentRecord(3), tensors: subject.tensors() };
  trainer.free();
  subject.free();
  return result;
}

/** Of one pass over three rows, with the most bytes that it held. */
function gradientsOf(subject: Subject, recomputes: boolean) {
  const { result, peakBytes } = measureBytes(() =>
    wholly(subject.objective.lossAndGradients({ rows: [[0], [1], [2]], step: 1, places: [0, 1, 2], seed: 3, recomputes }, 0.1, () => {})),
  );
  const gradients = new Map([...result.gradients].map(([key, gradient]) => [key, readFloats(gradient)]));
  free(result.gradients);
  subject.objective.release();
  subject.free();
  return { lossSum: result.lossSum, gradients, peakBytes };
}

describe("blocks recomputed in the backward pass", () => {
  beforeAll(async () => {
    await startEngine();
  });
  afterEach(() => expect(liveTensors()).toBe(0));

  const decoders: readonly (readonly [ToyName, readonly string[]])[] = [
    ["llama", ["q_proj", "v_proj", "down_proj"]],
    ["gemma2", ["k_proj", "o_proj", "gate_proj"]],
    ["phi3", ["qkv_proj", "gate_up_proj"]],
    ["mixtral", ["q_proj", "o_proj"]],
    ["gpt2", ["c_attn", "c_fc"]],
    ["gpt_neox", ["query_key_value", "dense_4h_to_h"]],
  ];
  const adapters: readonly (readonly [string, Partial<AdapterSettings> & Pick<AdapterSettings, "method">])[] = computedCases([
    "any",
  ]).flatMap(([name, config]) => {
    const dropped = withDropout(config, 0.3);
    return [[name, config] as const, ...(dropped === undefined ? [] : [[`${name} with dropout`, dropped] as const])];
  });

  it.each(decoders.flatMap(([name, modules]) => adapters.map(([method, config]) => [name, method, modules, config] as const)))(
    "train %s as kept ones do, bit for bit (%s)",
    (name, _method, modules, config) => {
      const model = loadToy(name);
      const subject = (): Subject => {
        const adapter = Adapter.create(
          model.projections,
          { ...config, targets: { modules: [...modules], layers: null } } as AdapterSettings,
          3,
        );
        const objective = causalObjective(model, adapter, causalRows(23));
        return { objective, tensors: () => adapter.tensors(), free: () => adapter.free() };
      };
      expect(tenSteps(subject(), true)).toEqual(tenSteps(subject(), false));
      const [again, kept] = [gradientsOf(subject(), true), gradientsOf(subject(), false)];
      expect(again.lossSum).toBe(kept.lossSum);
      expect(again.gradients).toEqual(kept.gradients);
      model.free();
    },
  );

  it.each(adapters)("train an encoder with its head as kept ones do, bit for bit (%s)", (_method, config) => {
    const model = createClassificationModel(loadToyEncoder("deberta-v2"), 3);
    const subject = (): Subject => {
      const modules = ["query_proj", "key_proj", "output.dense", "pooler.dense"];
      const adapter = Adapter.create(model.encoder.projections, { ...config, targets: { modules, layers: null } } as AdapterSettings, 3);
      const head = TrainedHead.create(model, 3);
      const free = () => {
        adapter.free();
        head.free();
      };
      const objective = answerObjective(classification, model, adapter, head, answeredRows(23));
      return { objective, tensors: () => [adapter.tensors(), head.tensors()], free };
    };
    expect(tenSteps(subject(), true)).toEqual(tenSteps(subject(), false));
    model.encoder.free();
  });

  const long = () => 48;
  const methods = [
    ["STAN", stanSettings([], { numLatents: 64, k: 4 })],
    ["LoRA", loraSettings([], { rank: 4 })],
  ] as const;

  it.each(
    (
      [
        ["llama", ["q_proj", "v_proj"]],
        ["phi3", ["qkv_proj"]],
        ["gpt2", ["c_attn"]],
      ] as const satisfies readonly (readonly [SizedDecoder, readonly string[]])[]
    ).flatMap(([name, modules]) => methods.map(([method, config]) => [name, method, modules, config] as const)),
  )("hold less than half of the tensors at most over %s (%s)", (name, _method, modules, config) => {
    const model = loadSized(name);
    const subject = (): Subject => {
      const adapter = Adapter.create(model.projections, { ...config, targets: { modules, layers: null } }, 3);
      return { objective: causalObjective(model, adapter, causalRows(211, long)), tensors: () => undefined, free: () => adapter.free() };
    };
    expect(gradientsOf(subject(), true).peakBytes).toBeLessThan(gradientsOf(subject(), false).peakBytes / 2);
    model.free();
  });

  it.each(methods)("hold less than half of the tensors at most over an encoder (%s)", (_method, config) => {
    const model = loadSizedEncoder();
    const subject = (): Subject => {
      const modules = ["query", "value"];
      const adapter = Adapter.create(model.encoder.projections, { ...config, targets: { modules, layers: null } }, 3);
      const head = TrainedHead.create(model, 3);
      const free = () => {
        adapter.free();
        head.free();
      };
      const objective = answerObjective(classification, model, adapter, head, answeredRows(211, long));
      return { objective, tensors: () => undefined, free };
    };
    expect(gradientsOf(subject(), true).peakBytes).toBeLessThan(gradientsOf(subject(), false).peakBytes / 2);
    model.encoder.free();
  });
});

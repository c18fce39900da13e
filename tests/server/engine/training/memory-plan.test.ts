import { beforeAll, describe, expect, it } from "vitest";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import { memoryPlan, type PlannedRun, totalBytes } from "@/lib/contract/memory-plan";
import type { ModelSummary } from "@/lib/contract/model";
import { type AdapterConfig, adapterConfig } from "@/lib/contract/run-config";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import { TrainedHead } from "@/server/engine/adapters/trained-head";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import type { Projection } from "@/server/engine/models/projection";
import { answerObjective } from "@/server/engine/tasks/answers/answer-objective";
import { classification } from "@/server/engine/tasks/classification/classification";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { measureBytes } from "@/server/engine/tensor/scope";
import type { Objective } from "@/server/engine/training/objective";
import { Trainer } from "@/server/engine/training/trainer";
import { model as smallModel } from "@/tests/components/new-run/small-model";
import {
  loadSized,
  loadSizedEncoder,
  loadSizedVision,
  type SizedDecoder,
  type SizedVision,
  sizedVision,
} from "@/tests/server/engine/sized-models";
import { tinyTraining } from "@/tests/server/engine/tiny";

type Case = {
  name: SizedDecoder | SizedVision | "bert";
  modules: string[];
  layers?: number[];
  /** Keys of the model's `config.json`. */
  more?: RawModelConfig;
  tokens: number;
  method: "stan" | "lora";
};

const shapes: readonly Omit<Case, "method">[] = [
  { name: "llama", modules: ["q_proj", "v_proj"], tokens: 48 },
  { name: "llama", modules: ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"], tokens: 16 },
  { name: "llama", modules: ["q_proj", "v_proj"], layers: [10, 11], tokens: 48 },
  { name: "llama", modules: ["q_proj", "v_proj"], more: { intermediate_size: 384 }, tokens: 24 },
  { name: "llama", modules: ["q_proj", "v_proj"], more: { vocab_size: 6000, num_hidden_layers: 4 }, tokens: 48 },
  { name: "olmo2", modules: ["q_proj", "v_proj"], tokens: 24 },
  { name: "phi3", modules: ["qkv_proj"], tokens: 24 },
  { name: "gpt2", modules: ["c_attn"], tokens: 48 },
  { name: "gpt_neox", modules: ["query_key_value"], tokens: 24 },
  { name: "bert", modules: ["query", "value"], tokens: 48 },
  { name: "vit", modules: ["q_proj", "v_proj"], tokens: 50 },
  { name: "dinov2", modules: ["q_proj", "v_proj"], tokens: 50 },
  { name: "dinov2", modules: ["fc1", "fc2"], tokens: 50 },
];
const cases = shapes.flatMap((shape) => (["stan", "lora"] as const).map((method): Case => ({ ...shape, method })));

function adapterOf({ method, modules, layers = undefined }: Case): AdapterConfig & AdapterSettings {
  const targets = { modules, layers: layers ?? null };
  const sizes = method === "stan" ? { numLatents: 64, k: 4 } : { rank: 4, alpha: 8 };
  return adapterConfig.parse({ method, ...sizes, targets }) as AdapterConfig & AdapterSettings;
}

/** A model's description, of the projections of its first block. */
function describeSized(
  projections: readonly Projection[],
  prefix: RegExp,
  sizes: Pick<ModelSummary, "dModel" | "heads" | "numLayers" | "vocab" | "architecture">,
) {
  const first = projections.filter(({ layer }) => layer === 0);
  return {
    ...smallModel,
    ...sizes,
    parameters: 0,
    projections: first.map(({ module, dIn, dOut }) => ({ name: module.replace(prefix, ""), dIn, dOut })),
  };
}

function open(one: Case, numRows = 8): { summary: ModelSummary; objective(adapter: Adapter): Objective; adapter(): Adapter; free(): void } {
  const random = new Random(4);
  const rows = Array.from({ length: numRows }, (_, row) => {
    const ids = Int32Array.from({ length: one.tokens }, () => 2 + random.nextBelow(200));
    return { ids, labels: ids, answer: row % 3 };
  });
  if (one.name === "bert") {
    const model = loadSizedEncoder(one.more);
    const { config, projections } = model.encoder;
    const head = TrainedHead.create(model, 3);
    return {
      summary: describeSized(projections, /^bert\.encoder\.layer\.0\.(attention\.self\.)?/, config),
      objective: (adapter) => answerObjective(classification, model, adapter, head, rows),
      adapter: () => Adapter.create(projections, adapterOf(one), 3),
      free() {
        head.free();
        model.encoder.free();
      },
    };
  }
  if (one.name in sizedVision) return openVision(one, numRows);
  const model = loadSized(one.name as SizedDecoder, one.more);
  return {
    summary: describeSized(model.projections, /^.*\./, model.config),
    objective: (adapter) => causalObjective(model, adapter, rows),
    adapter: () => Adapter.create(model.projections, adapterOf(one), 3),
    free: () => model.free(),
  };
}

function openVision(one: Case, numRows: number): ReturnType<typeof open> {
  const random = new Random(4);
  const model = loadSizedVision(one.name as SizedVision);
  const { config, projections } = model.encoder;
  const { height, width } = config.imageSize;
  const rows = Array.from({ length: numRows }, (_, row) => {
    const pixels = Float32Array.from({ length: config.channels * height * width }, () => random.nextNormal());
    return { image: { channels: config.channels, height, width, pixels }, answer: row % 3 };
  });
  const head = TrainedHead.create(model, 3);
  return {
    summary: describeSized(projections, /^.*\./, { ...config, vocab: 0 }),
    objective: (adapter) => answerObjective(classification, model, adapter, head, rows),
    adapter: () => Adapter.create(projections, adapterOf(one), 3),
    free() {
      head.free();
      model.encoder.free();
    },
  };
}

describe("the plan of a training's memory", () => {
  beforeAll(async () => {
    await startEngine();
  });

  it.each(cases)("is within 15 % of the tensors that $method over $name holds at most ($modules, $tokens tokens, $more $layers)", (one) => {
    const { summary, ...subject } = open(one);
    const differences: Record<string, number> = {};
    for (const microBatchRows of [null, 2]) {
      for (const recomputeBlocks of [false, true]) {
        const { peakBytes } = measureBytes(() => {
          const adapter = subject.adapter();
          const trainer = new Trainer(subject.objective(adapter), { ...tinyTraining, batchRows: 4, microBatchRows, recomputeBlocks });
          for (let step = 0; step < 2; step++) trainer.takeStep();
          trainer.free();
          adapter.free();
        });
        const training = { batchRows: 4, microBatchRows, maxTokens: one.tokens, recomputeBlocks };
        const run: PlannedRun = { adapter: adapterOf(one), training, frozenDtype: "float32" };
        const plan = memoryPlan(run, summary) ?? expect.fail("not known");
        differences[`rows ${microBatchRows}, recomputed ${recomputeBlocks}`] = totalBytes(plan) / peakBytes - 1;
      }
    }
    subject.free();
    for (const difference of Object.values(differences)) expect(Math.abs(difference)).toBeLessThan(0.15);
  });

  it("is right for a row of 8,192 tokens, whose tensors grow with the tokens and not with their square", () => {
    const more = { num_hidden_layers: 2, max_position_embeddings: 8192 };
    const one: Omit<Case, "tokens"> = { name: "llama", modules: ["q_proj", "v_proj"], more, method: "lora" };
    const peaks = [1024, 8192].map((tokens) => {
      const { summary, ...subject } = open({ ...one, tokens }, 1);
      const { peakBytes } = measureBytes(() => {
        const adapter = subject.adapter();
        const trainer = new Trainer(subject.objective(adapter), { ...tinyTraining, batchRows: 1 });
        trainer.takeStep();
        trainer.free();
        adapter.free();
      });
      subject.free();
      const training = { batchRows: 1, microBatchRows: null, maxTokens: tokens, recomputeBlocks: false };
      const plan =
        memoryPlan({ adapter: adapterOf({ ...one, tokens }), training, frozenDtype: "float32" }, summary) ?? expect.fail("not known");
      expect(Math.abs(totalBytes(plan) / peakBytes - 1)).toBeLessThan(0.15);
      return peakBytes;
    }) as [number, number];
    expect(peaks[1] / peaks[0]).toBeLessThan(8);
  });
});

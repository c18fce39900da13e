import type { AdapterConfig } from "@/lib/contract/run-config";
import { adapterConfig, hasLatents } from "@/lib/contract/run-config";
import { Random } from "@/lib/numbers/random";
import { Adapter } from "@/server/engine/adapters/adapter";
import { armHooks } from "@/server/engine/adapters/arms";
import type { Trainable } from "@/server/engine/adapters/trainable";
import { adapterForward } from "@/server/engine/features/adapter-forward";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import { FullWeights } from "@/server/engine/methods/full/full-weights";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { freeSequence } from "@/server/engine/models/sequence";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { readFloats } from "@/server/engine/tensor/create";
import { wholly } from "@/server/engine/tensor/in-parts";
import { free } from "@/server/engine/tensor/scope";
import { Trainer } from "@/server/engine/training/trainer";
import { loadSized } from "@/tests/server/engine/sized-models";
import { tinyTraining } from "@/tests/server/engine/tiny";

const everyModule = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];
const targets = { modules: everyModule, layers: null };
const layers = 2;

const lora = { method: "lora", rank: 4, alpha: 8, targets };
const adapters = {
  LoRA: lora,
  "LoRA with dropout": { ...lora, dropout: 0.1 },
  DoRA: { ...lora, useDora: true },
  "DoRA with dropout": { ...lora, useDora: true, dropout: 0.1 },
  VeRA: { method: "vera", rank: 4, targets },
  "VeRA with dropout": { method: "vera", rank: 4, dropout: 0.1, targets },
  full: { method: "full", targets },
} as const;

/** Work that is done again and again, and what is to be freed after it. */
export type RepeatedWork = { step(): void; free(): void };

const trainingSteps: Readonly<Record<string, () => RepeatedWork>> = Object.fromEntries(
  Object.entries(adapters).map(([name, settings]) => [name, () => training(adapterConfig.parse(settings))]),
);

const model = (): CausalModel => loadSized("llama", { num_hidden_layers: layers });

/** Steps of two micro-batches of rows that differ in length. */
function training(settings: AdapterConfig): RepeatedWork {
  const base = model();
  const random = new Random(4);
  const rows = Array.from({ length: 4 }, () => {
    const ids = Int32Array.from({ length: 9 + random.nextBelow(5) }, () => 2 + random.nextBelow(200));
    return { ids, labels: ids };
  });
  const trained: Trainable & { free(): void } = hasLatents(settings)
    ? Adapter.create(base.projections, settings, 3)
    : FullWeights.create(base.projections, targets);
  const trainer = new Trainer(causalObjective(base, trained, rows), {
    ...tinyTraining,
    steps: 100,
    batchRows: 4,
    microBatchRows: 4,
    clipNorm: 1,
    weightDecay: 0.1,
  });
  return {
    step: () => void trainer.takeStep(),
    free() {
      trainer.free();
      trained.free();
      base.free();
    },
  };
}

const running = { LoRA: adapters.LoRA, DoRA: adapters.DoRA, VeRA: adapters.VeRA };

function withAdapter(settings: unknown, work: (base: CausalModel, adapter: Adapter) => RepeatedWork): RepeatedWork {
  const base = model();
  const parsed = adapterConfig.parse(settings);
  if (!hasLatents(parsed)) throw new Error(`${parsed.method} has no latents`);
  const adapter = Adapter.create(base.projections, parsed, 3);
  const { step, free } = work(base, adapter);
  return {
    step,
    free() {
      free();
      adapter.free();
      base.free();
    },
  };
}

/** Three rows a step, all of them with the adapter. */
const decodingSteps: Readonly<Record<string, () => RepeatedWork>> = Object.fromEntries(
  Object.entries(running).map(([name, settings]) => [
    name,
    () =>
      withAdapter(settings, (base, adapter) => {
        const prompts = [Int32Array.of(2, 3, 4), Int32Array.of(5, 6), Int32Array.of(7, 8, 9, 10)];
        const hooks = armHooks(prompts.map(() => ({ adapter, edits: [], isSpecial: () => false })));
        const { sequences, logits } = base.prefill(prompts, { hooks, promptLengths: prompts.map(({ length }) => length), maxTokens: 60 });
        free(logits);
        return {
          step() {
            const next = base.decode(sequences, Int32Array.of(11, 12, 13), hooks);
            readFloats(next);
            free(next);
          },
          free: () => {
            for (const sequence of sequences) freeSequence(sequence);
          },
        };
      }),
  ]),
);

/** One batch of a collection. */
const statisticsSteps: Readonly<Record<string, () => RepeatedWork>> = Object.fromEntries(
  Object.entries(running).map(([name, settings]) => [
    name,
    () =>
      withAdapter(settings, (base, adapter) => {
        const forward = adapterForward(base, adapter);
        const rows = [
          [2, 3, 4, 5, 6],
          [7, 8, 9],
        ].map((ids, row) => ({ row, domain: 0, ids: Int32Array.from(ids) }));
        return { step: () => void wholly(forward(layTokenBatch(rows, 0) as never)), free: () => undefined };
      }),
  ]),
);

const named = (kind: string, works: Readonly<Record<string, () => RepeatedWork>>) =>
  Object.fromEntries(Object.entries(works).map(([name, make]) => [`${kind}: ${name}`, make]));

/** All of it, by name. */
export const works: Readonly<Record<string, () => RepeatedWork>> = {
  ...named("training", trainingSteps),
  ...named("decoding", decodingSteps),
  ...named("statistics", statisticsSteps),
};

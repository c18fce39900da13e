/**
 * Our side of `npm run bench`, one task in a process of its own: `node scripts/bench-ours.mjs FOLDER TASK REPEATS`. The work is that of
 * `peer.py`; a task that ends in `-bf16` computes with frozen matrices in bfloat16, one in `-stored` or `-nf4` with packed ones; see `precisionOf`.
 */
import { Adapter } from "@/server/engine/adapters/adapter";
import { planModules } from "@/server/engine/adapters/plan-modules";
import { createCollectionStatistics } from "@/server/engine/features/collection-statistics";
import { chooseProbes } from "@/server/engine/features/quiet-probes";
import { layTokenBatch } from "@/server/engine/features/token-batch";
import type { AdapterSettings } from "@/server/engine/methods/adapter-module";
import type { StanSettings } from "@/server/engine/methods/stan/stan-module";
import { causalObjective } from "@/server/engine/tasks/language-model/causal-objective";
import { startEngine } from "@/server/engine/tensor/backend";
import { loadBaseModel, type Precision } from "@/server/runtime/models/load-base-model";
import { generationBench } from "./generation";
import { countingPass, fullPass } from "./statistics-pass";
import { secondsOfSteps } from "./timed-steps";
import { report, secondsOf } from "./timing";

const [folder = "", task = "", repeatsText = "3"] = process.argv.slice(2);
const repeats = Number(repeatsText);
const ROWS = 4;
const TOKENS = 128;
/** Passes before the cost of statistics is timed. */
const WARM_UP = 16;
const targets = { modules: ["q_proj", "v_proj"], layers: null };
const stan: StanSettings = { method: "stan", numLatents: 4096, k: 32, alpha: 1, selection: "signed", init: "zero", targets };
const vera: AdapterSettings = { method: "vera", rank: 256, dInitial: 0.1, projectionKey: 0, targets };
const lora: AdapterSettings = { method: "lora", rank: 16, alpha: 32, targets };

await startEngine();
const isHalf = task.endsWith("-bf16");
const kind = task.replace(/-(bf16|fast|stored|nf4)$/, "");
const { model: loaded, tokenizer } = loadBaseModel(folder, precisionOf());
const model = isHalf ? loaded.decodingIn("bfloat16") : loaded;
const ids = Int32Array.from({ length: ROWS * TOKENS }, (_, i) => 100 + ((i * 7919) % 39_900));

switch (kind) {
  case "train-lora":
    report(task, train(lora), "s/step");
    break;
  case "train-vera":
    report(task, train(vera), "s/step");
    break;
  case "train-stan":
    report(task, train(stan), "s/step");
    break;
  case "train-stan-batchtopk":
    report(task, train({ ...stan, sparsity: "batchtopk" }), "s/step");
    break;
  case "statistics":
    report(task, statistics(), "tokens/s");
    break;
  case "statistics-cost":
    report(task, statisticsCost(), "×");
    break;
  default:
    generation();
}

/** Generation in half precision reads bfloat16 in its steps alone, as the product does over a float32 run; what trains or reads whole texts in all its frozen products. */
function precisionOf(): Precision {
  const packed = (["stored", "nf4"] as const).find((form) => task.endsWith(`-${form}`));
  if (packed !== undefined) return packed;
  if (task === "generate-bf16" || task.endsWith("-fast")) return "fast";
  if (!isHalf) return "exact";
  return kind.startsWith("train") || kind.startsWith("statistics") ? "fast" : "exact";
}

/** The first measurement warms up, and is not reported. */
function generation(): void {
  if (tokenizer === null) throw new Error("the model has no tokenizer");
  const bench = generationBench(model, tokenizer, ids);
  const rows = /^rows(\d+)$/.exec(kind)?.[1];
  const measurements: Record<string, readonly [() => number, string]> = {
    generate: [bench.base, "tokens/s"],
    "generate-stan": [bench.stan, "tokens/s"],
    "generate-lora": [bench.lora, "tokens/s"],
    "request-stan": [bench.request, "tokens/s"],
    "cost-stan": [bench.stanCost, "×"],
    "cost-stan-wide": [bench.wideStanCost, "×"],
    "cost-lora": [bench.loraCost, "×"],
    edited: [bench.edited, "×"],
    arms: [bench.arms, "×"],
    "request-edited": [bench.requestEdited, "×"],
    "request-arms": [bench.requestArms, "×"],
    "first-token": [bench.firstToken, "s"],
    prefill: [bench.prefill, "tokens/s"],
    ...(rows === undefined ? {} : { [kind]: [() => bench.rows(Number(rows)), "tokens/s"] as const }),
  };
  const [measure, unit] = measurements[kind] ?? [];
  if (measure === undefined || unit === undefined) throw new Error(`unknown task ${task}`);
  measure();
  report(task, timed(measure), unit);
}

function timed(work: () => number): number[] {
  return Array.from({ length: repeats }, work);
}

/** Seconds a step. */
function train(settings: AdapterSettings): number[] {
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const own = ids.slice(row * TOKENS, (row + 1) * TOKENS);
    return { ids: own, labels: own };
  });
  return secondsOfSteps(causalObjective(model, Adapter.create(model.projections, settings, 0), rows), repeats);
}

/** Tokens a second of a pass that keeps the statistics of every latent of every module; the first pass warms up. */
function statistics(): number[] {
  const full = fullPass(books(), model, Adapter.create(model.projections, stan, 0));
  let pass = 0;
  const once = () => (ROWS * TOKENS) / secondsOf(() => full(inputOf(pass++)));
  once();
  return timed(once);
}

/** How many times as long the whole pass takes as one that only counts firings; in turn, so that a slow stretch falls on both. */
function statisticsCost(): number[] {
  const adapter = Adapter.create(model.projections, { ...stan, init: "small" }, 0);
  const passes = [fullPass(books(), model, adapter), countingPass(model, adapter)] as const;
  let pass = 0;
  const once = () => {
    const input = inputOf(pass++);
    const [full, counting] = passes.map((work) => secondsOf(() => work(input))) as [number, number];
    return full / counting;
  };
  // The first rows are the dearest: every firing is an example then.
  for (let i = 0; i < WARM_UP; i++) once();
  return timed(once);
}

function books() {
  const { projections, config } = model;
  const numLatents = new Map(planModules(projections, stan).map((module) => [module.module, module.numLatents]));
  const places = Array.from({ length: ROWS * (WARM_UP + repeats) }, (_, row) => ({ row, ids: { length: TOKENS } }));
  return createCollectionStatistics({ numLatents, numDomains: 1, vocab: config.vocab, rank: "value", probes: chooseProbes(places, 0) });
}

/** Rows that no other pass has. */
function inputOf(pass: number) {
  const rows = Array.from({ length: ROWS }, (_, row) => ({
    row: pass * ROWS + row,
    ids: ids.slice(row * TOKENS, (row + 1) * TOKENS).map((id) => (id + 104_729 * pass) % 39_999),
    domain: 0,
  }));
  return layTokenBatch(rows, 0);
}

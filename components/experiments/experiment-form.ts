import { type RunForm, runConfigsOf } from "@/components/new-run/run-form";
import type { ExperimentArm, ExperimentInput, MatchMode } from "@/lib/contract/experiment";
import type { AdapterConfig, StanConfig } from "@/lib/contract/run-config";

export type ArmMethod = "stan" | "lora" | "dora";

/** One arm as it is typed: lists of numbers as text. */
export type ArmForm = {
  /** Tells arms apart while they are renamed. */
  key: string;
  name: string;
  method: ArmMethod;
  /** M of STAN, rank of LoRA. */
  sizes: string;
  /** Of STAN. */
  ks: string;
  selection: StanConfig["selection"];
  /** LoRA's alpha over its rank. */
  alphaOverRank: number;
  /** Last parts of module names; empty for the experiment's own. */
  targets: string;
  rateKind: "list" | "range";
  rates: string;
  low: number;
  high: number;
  count: number;
};

/** All that a person sets on the page of a new experiment. */
export type ExperimentForm = {
  name: string;
  /** Model, data, targets and training that the arms share. */
  run: RunForm;
  arms: ArmForm[];
  search: "grid" | "random";
  trials: number;
  searchSeed: number;
  finalSeeds: string;
  match: MatchMode;
  isStopping: boolean;
  firstStep: number;
  afterTrials: number;
  measuresReportRows: boolean;
  benchmarks: string[];
  isCollecting: boolean;
};

/** STAN against LoRA of the same number of parameters, four learning rates each: the example that the page begins with. */
export function exampleForm(run: RunForm): ExperimentForm {
  const size = String(run.numLatents);
  const rates = { rateKind: "range" as const, rates: "", count: 4 };
  const shared = { alphaOverRank: 1, selection: "signed" as const, targets: "" };
  return {
    name: "STAN against LoRA",
    run: { ...run, training: { ...run.training, steps: 160, evaluateEvery: 40, checkpointEvery: 40 } },
    arms: [
      { key: "stan", name: "STAN", method: "stan", sizes: size, ks: String(run.k), ...shared, ...rates, low: 1e-3, high: 3e-2 },
      { key: "lora", name: "LoRA", method: "lora", sizes: size, ks: "", ...shared, ...rates, low: 3e-4, high: 1e-2 },
    ],
    search: "grid",
    trials: 6,
    searchSeed: 0,
    finalSeeds: "1, 2, 3",
    match: "parameters",
    isStopping: true,
    firstStep: 40,
    afterTrials: 2,
    measuresReportRows: true,
    benchmarks: [],
    isCollecting: false,
  };
}

/** What the form asks for. @throws Error naming the field that cannot be read */
export function experimentOf(form: ExperimentForm): ExperimentInput {
  const { run, search, match } = form;
  const [first] = runConfigsOf({ ...run, method: "lora" });
  if (first === undefined || first.config.data.kind !== "dataSet") throw new Error("Choose the data.");
  const { model, frozenDtype, task, data, training, collection } = first.config;
  const { learningRate: _rate, seed: _seed, ...common } = training;
  return {
    name: form.name.trim(),
    model,
    frozenDtype,
    ...(task === undefined ? {} : { task }),
    data: { ...data, dataSetId: run.dataSetId },
    training: common,
    arms: form.arms.map((arm) => armOf(arm, run)),
    search: search === "grid" ? { kind: "grid" } : { kind: "random", trials: form.trials, seed: form.searchSeed },
    finalSeeds: wholeNumbers(form.finalSeeds, "Seeds of the final runs"),
    match,
    earlyStopping: form.isStopping ? { firstStep: form.firstStep, afterTrials: form.afterTrials } : null,
    measuresReportRows: form.measuresReportRows,
    benchmarks: form.benchmarks,
    collection: form.isCollecting ? collection : null,
  };
}

function armOf(arm: ArmForm, run: RunForm): ExperimentArm {
  const { name, rateKind, rates, low, high, count } = arm;
  return {
    name: name.trim(),
    adapters: adaptersOf(arm, run),
    learningRates:
      rateKind === "list" ? { kind: "list", values: numbers(rates, `Learning rates of ${name}`) } : { kind: "range", low, high, count },
  };
}

/** Every size with every k that it can have. */
function adaptersOf(arm: ArmForm, run: RunForm): AdapterConfig[] {
  const { method, name, selection, alphaOverRank } = arm;
  const modules = arm.targets.trim() === "" ? run.modules : arm.targets.split(/[\s,;]+/).filter(Boolean);
  const targets = { modules, layers: run.layers };
  const sizes = wholeNumbers(arm.sizes, method === "stan" ? `Latents of ${name}` : `Ranks of ${name}`);
  if (method !== "stan") {
    const dora = method === "dora" ? { useDora: true } : {};
    return sizes.map((rank) => ({ method: "lora" as const, rank, alpha: rank * alphaOverRank, ...dora, targets }));
  }
  const ks = wholeNumbers(arm.ks, `k of ${name}`);
  const { stanAlpha: alpha, init } = run;
  return sizes.flatMap((numLatents) => ks.map((k) => ({ method, numLatents, k, alpha, selection, init, targets })));
}

function wholeNumbers(text: string, name: string): number[] {
  const values = numbers(text, name);
  if (values.every((value) => Number.isInteger(value))) return values;
  throw new Error(`${name}: write whole numbers with commas between them, as 64, 128.`);
}

/** Numbers between commas, semicolons or spaces. */
function numbers(text: string, name: string): number[] {
  const values = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);
  if (values.length > 0 && values.every(Number.isFinite)) return values;
  throw new Error(`${name}: write numbers with commas between them, as 0.001, 3e-3.`);
}

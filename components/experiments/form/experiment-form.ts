import { z } from "zod";
import { armMethodOf } from "@/components/methods/arms";
import { wholeNumbers } from "@/components/methods/fields/typed-lists";
import { runConfigsOf } from "@/components/new-run/run-configs";
import { type RunForm, runForm } from "@/components/new-run/run-form";
import { type ExperimentInput, matchMode } from "@/lib/contract/experiment";
import { type ArmForm, armForm, armOf, rateRange } from "./arm-form";
import { domainSetsOf, trainedOn } from "./domain-sets";

/** The values of the new-experiment form. */
export const experimentForm = z.object({
  name: z.string(),
  /** The model, dataset, targets and training that the arms share. */
  run: runForm,
  trainedOn,
  /** Sets separated by semicolons, domains by commas. */
  domainSets: z.string(),
  arms: z.array(armForm),
  search: z.enum(["grid", "random"]),
  trials: z.number(),
  searchSeed: z.number(),
  sweepSeeds: z.string(),
  finalSeeds: z.string(),
  match: matchMode,
  isStopping: z.boolean(),
  firstStep: z.number(),
  afterTrials: z.number(),
  measuresReportRows: z.boolean(),
  benchmarks: z.array(z.string()),
  isCollecting: z.boolean(),
});
export type ExperimentForm = z.infer<typeof experimentForm>;

/** STAN against LoRA of the same number of parameters, four learning rates each: the initial values of the form. */
export function exampleForm(run: RunForm): ExperimentForm {
  const size = String(run.numLatents);
  const sizes = { alphaOverRank: 1, selection: "signed" as const, sparsity: "topk" as const };
  const shared = { ...sizes, targets: "", rateKind: "range" as const, rates: "", count: 4 };
  const armWith = (method: "stan" | "lora", ks: string): ArmForm => ({
    ...{ key: method, name: armMethodOf({ method }).name, method, sizes: size, ks },
    ...shared,
    ...rateRange(method),
  });
  return {
    name: "STAN against LoRA",
    run: { ...run, training: { ...run.training, steps: 160, evaluateEvery: 40, checkpointEvery: 40 } },
    trainedOn: "together",
    domainSets: "",
    arms: [armWith("stan", String(run.k)), armWith("lora", "")],
    search: "grid",
    trials: 6,
    searchSeed: 0,
    sweepSeeds: "0",
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

/**
 * The request of the form.
 *
 * @param domains of the dataset; none without a domain column
 * @throws Error naming the field that cannot be read
 */
export function experimentOf(form: ExperimentForm, domains: readonly string[]): ExperimentInput {
  const { run, search, match } = form;
  const [first] = runConfigsOf({ ...run, method: "lora" });
  if (first === undefined || first.config.data.kind !== "dataSet") throw new Error("Choose a dataset.");
  const { model, frozenDtype, task, data, training, collection } = first.config;
  const { learningRate: _rate, seed: _seed, ...common } = training;
  const reported = run.domains ?? domains;
  return {
    name: form.name.trim(),
    model,
    frozenDtype,
    ...(task === undefined ? {} : { task }),
    data: { ...data, dataSetId: run.dataSetId },
    domainSets: reported.length < 2 ? null : domainSetsOf(form.trainedOn, form.domainSets, reported),
    training: common,
    arms: form.arms.map((arm) => armOf(arm, run)),
    search: search === "grid" ? { kind: "grid" } : { kind: "random", trials: form.trials, seed: form.searchSeed },
    sweepSeeds: wholeNumbers(form.sweepSeeds, "Seeds of the sweep"),
    finalSeeds: wholeNumbers(form.finalSeeds, "Seeds of the final runs"),
    match,
    earlyStopping: form.isStopping ? { firstStep: form.firstStep, afterTrials: form.afterTrials } : null,
    measuresReportRows: form.measuresReportRows,
    benchmarks: form.benchmarks,
    collection: form.isCollecting ? collection : null,
  };
}

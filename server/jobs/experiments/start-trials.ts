import { expectedCost } from "@/lib/contract/expected-cost";
import type { ExperimentRequest } from "@/lib/contract/experiment";
import { placeOfTrial } from "@/lib/contract/experiment-trials";
import { hasLatents, type RunConfig, runConfig } from "@/lib/contract/run-config";
import { setTrialRun, type TrialRow, type TrialWithRun } from "@/server/db/experiments/trials";
import { readModel } from "@/server/db/library/models";
import { newId } from "@/server/db/new-id";
import { insertRun } from "@/server/db/runs/runs";
import { listLivingWorkers } from "@/server/db/work/workers";
import type { Locked } from "./locked";

/**
 * Starts the next trials: as many as keep every worker busy and one more waiting, so that what a person starts meanwhile does not wait
 * for the whole experiment. Arms take turns.
 */
export async function startTrials({ db, experiment }: Locked, trials: readonly TrialWithRun[]): Promise<void> {
  const { request } = experiment;
  const room = (await listLivingWorkers(db)).length + 1;
  const open = trials.filter(({ run }) => run?.status === "queued" || run?.status === "running" || run?.status === "stopping").length;
  const next = trials.filter(({ trial }) => trial.runId === null).slice(0, Math.max(0, room - open));
  if (next.length === 0) return;
  const model = await readModel(db, request.model);
  for (const { trial } of next) {
    const id = newId();
    if (!(await setTrialRun(db, trial, id))) continue;
    const config = configOf(request, trial);
    const { stage, arm, trial: place } = trial;
    await insertRun(db, {
      id,
      name: nameOf(request, trial),
      group: experiment.name,
      method: trial.adapter.method,
      modelId: request.model,
      modelName: experiment.modelName,
      dataSetId: request.data.dataSetId,
      dataName: experiment.dataName,
      seed: trial.seed,
      config,
      steps: config.training.steps,
      cost: model === undefined ? null : expectedCost(trial.adapter, model),
      experiment: { id: experiment.id, arm, stage, trial: place },
    });
  }
}

/**
 * Trials are evaluated on the rows that settings are chosen by, final runs on those that results are reported on. Of sets of domains, trials see
 * their own alone: a setting that other domains had a part in choosing would not be one of training on these.
 */
function configOf(request: ExperimentRequest, trial: TrialRow): RunConfig {
  const { model, frozenDtype, task, data, training, collection } = request;
  const { stage, adapter, learningRate, seed, steps } = trial;
  const isFinal = stage === "final";
  const isProbe = stage === "probe";
  return runConfig.parse({
    model,
    frozenDtype,
    ...(task === undefined ? {} : { task }),
    data: { ...data, ...domainsOf(request, trial), heldOutPart: isFinal ? "report" : "selection" },
    adapter,
    training: {
      ...training,
      ...(steps === null ? {} : { steps }),
      // A probe is timed, not judged.
      ...(isProbe ? { evaluateEvery: 0, evaluationRows: Math.min(2, training.evaluationRows) } : {}),
      learningRate,
      seed,
    },
    collection: isFinal && hasLatents(adapter) ? collection : null,
  });
}

function domainsOf({ data, domainSets, ...request }: ExperimentRequest, { stage, trial }: TrialRow) {
  const { domainSet } = placeOfTrial({ domainSets, ...request }, stage, trial);
  const domains = domainSets?.[domainSet ?? -1];
  if (domains === undefined) return {};
  return { domains, heldOutOf: data.domains, evaluatedDomains: stage === "final" ? data.domains : domains };
}

/** Final runs of one side have in common what their names begin with. */
function nameOf(request: ExperimentRequest, { stage, arm, trial, seed }: TrialRow): string {
  const { arms, name, domainSets, sweepSeeds } = request;
  const { setting, domainSet } = placeOfTrial(request, stage, trial);
  const where = domainSet === null ? "" : ` on ${shortened(domainSets?.[domainSet]?.join(", ") ?? "")}`;
  const which = { probe: `probe ${setting + 1}`, sweep: `trial ${setting + 1}`, final: `final seed ${seed}` }[stage];
  const ofSeed = stage === "sweep" && sweepSeeds.length > 1 ? ` seed ${seed}` : "";
  return `${arms[arm]?.name ?? "arm"}${where} ${which}${ofSeed}, ${name}`.slice(0, 120);
}

function shortened(domains: string): string {
  return domains.length <= 40 ? domains : `${domains.slice(0, 39)}…`;
}

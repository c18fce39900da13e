import type { RunSummary } from "@/lib/contract/run";

/** An experiment's trials, which the list shows as one line until it is opened. */
export type ExperimentFold = {
  readonly experimentId: string;
  readonly name: string;
  readonly trials: readonly RunSummary[];
  readonly isOpen: boolean;
};

/**
 * Takes the trials of experiments out of a list of runs, but for those of experiments that are opened. Final runs stay: they are what is reported.
 *
 * @param opened ids of experiments
 */
export function foldExperiments(
  runs: readonly RunSummary[],
  opened: ReadonlySet<string>,
): { readonly listed: RunSummary[]; readonly folds: ExperimentFold[] } {
  const listed: RunSummary[] = [];
  const trialsOf = new Map<string, RunSummary[]>();
  for (const run of runs) {
    const { experiment } = run;
    const isTrial = experiment !== null && experiment.stage !== "final";
    if (!isTrial || opened.has(experiment.id)) listed.push(run);
    if (isTrial) trialsOf.set(experiment.id, [...(trialsOf.get(experiment.id) ?? []), run]);
  }
  const folds = [...trialsOf].map(([experimentId, trials]) => ({
    experimentId,
    name: trials[0]?.group ?? "Experiment",
    trials,
    isOpen: opened.has(experimentId),
  }));
  return { listed, folds };
}

/** The ids with one that was there taken out, or one that was not put in. */
export function withToggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return ids.has(id) ? new Set([...ids].filter((other) => other !== id)) : new Set([...ids, id]);
}

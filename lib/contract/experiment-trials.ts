import type { ExperimentRequest, TrialStage } from "@/lib/contract/experiment";

/** Where a trial stands among those of its arm: its setting, the set of domains it is trained on (null without sets), and its seed. */
export type TrialPlace = { readonly setting: number; readonly domainSet: number | null; readonly seed: number };

type Crossed = Pick<ExperimentRequest, "domainSets" | "sweepSeeds" | "finalSeeds">;

/** Seeds of a stage: probes are timed with the sweep's first. */
export function seedsOf({ sweepSeeds, finalSeeds }: Crossed, stage: TrialStage): readonly number[] {
  return stage === "final" ? finalSeeds : stage === "sweep" ? sweepSeeds : sweepSeeds.slice(0, 1);
}

/**
 * The trials of a setting, whichever it is: every set of domains with every seed, the seeds of a set side by side.
 *
 * @param setting its place among those that an arm tries, from 0
 * @returns numbers within the arm and the stage, each with its place
 */
export function trialsOfSetting(request: Crossed, stage: TrialStage, setting: number): (TrialPlace & { readonly trial: number })[] {
  const seeds = seedsOf(request, stage);
  const sets = request.domainSets?.length ?? 1;
  return Array.from({ length: sets * seeds.length }, (_, at) => {
    const trial = setting * sets * seeds.length + at;
    return { trial, ...placeOfTrial(request, stage, trial) };
  });
}

/** What a trial's number within its arm and stage stands for. */
export function placeOfTrial(request: Crossed, stage: TrialStage, trial: number): TrialPlace {
  const seeds = seedsOf(request, stage);
  const sets = request.domainSets?.length ?? 1;
  return {
    setting: Math.floor(trial / (sets * seeds.length)),
    domainSet: request.domainSets === null ? null : Math.floor(trial / seeds.length) % sets,
    seed: seeds[trial % seeds.length] ?? 0,
  };
}

/** How many final runs there will be. */
export function countFinals({ arms, domainSets, finalSeeds }: Pick<ExperimentRequest, "arms" | "domainSets" | "finalSeeds">): number {
  return arms.length * (domainSets?.length ?? 1) * finalSeeds.length;
}

import type { ExperimentChoice, ExperimentEstimate, ExperimentRequest } from "@/lib/contract/experiment";

/** As they are stored: what was written before sweeps had several seeds, and domains were a part of the search, lacks these. */
export type StoredRequest = Later<ExperimentRequest, "sweepSeeds" | "domainSets"> & { readonly sweepSeed?: number };
export type StoredEstimate = Later<Omit<ExperimentEstimate, "arms">, "domainSets"> & {
  readonly arms: readonly Later<ExperimentEstimate["arms"][number], "runSeconds">[];
};
export type StoredChoice = Later<ExperimentChoice, "domainSet" | "bySeed">;

type Later<Whole, Key extends keyof Whole> = Omit<Whole, Key> & Partial<Pick<Whole, Key>>;

type Stored = { readonly request: StoredRequest; readonly estimate: StoredEstimate; readonly choices: readonly StoredChoice[] };
type Read = { readonly request: ExperimentRequest; readonly estimate: ExperimentEstimate; readonly choices: ExperimentChoice[] };

/** An experiment as it is read, whenever it was written. */
export function readStored<Row extends Stored>({ request, estimate, choices, ...row }: Row): Omit<Row, keyof Read> & Read {
  const { sweepSeed = 0, ...asked } = request;
  return {
    ...row,
    request: { sweepSeeds: [sweepSeed], domainSets: null, ...asked },
    estimate: { domainSets: [], ...estimate, arms: estimate.arms.map((arm) => ({ runSeconds: arm.seconds, ...arm })) },
    choices: choices.map((choice) => ({ domainSet: null, bySeed: [choice.loss], ...choice })),
  };
}

import type { Comparison } from "@/lib/contract/comparison";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import type { ExperimentReportQuery } from "@/lib/contract/report";
import { nameSides } from "@/server/report/name-sides";
import { writeReport } from "@/server/report/write-report";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { getExperiment } from "@/server/services/experiments/get-experiment";
import { gatherMaterial } from "./gather-material";
import { type ReportFile, reportFile } from "./report-file";

/** Most pairs of sides: of six arms every one with every other. */
const mostPairs = 15;

/**
 * A report of an experiment: its final runs compared, and the sweep that led to them.
 *
 * @throws ServiceError `notFound`, or `conflict` where not two final runs of different arms have ended
 */
export async function experimentReport(
  context: ServiceContext,
  experimentId: string,
  query: ExperimentReportQuery,
  madeAt: Date,
): Promise<ReportFile> {
  const experiment = await getExperiment(context, experimentId);
  const finals = experiment.trials.filter(({ stage, status, run }) => stage === "final" && status === "finished" && run !== null);
  // By arm, then by what it was trained on, then by seed: the order of the sides.
  const ordered = finals.toSorted((a, b) => (a.domainSet ?? 0) - (b.domainSet ?? 0) || a.arm - b.arm || a.seed - b.seed);
  if (new Set(ordered.map(({ arm }) => arm)).size < 2)
    throw new ServiceError("conflict", "The report needs finished final runs of two arms: wait for them, or resume the experiment.");
  const gathered = await gatherMaterial(
    context,
    ordered.flatMap(({ run }) => (run === null ? [] : [run.id])),
    pairsWithin,
    query,
  );
  const material = nameSides(gathered, armNames(gathered.comparison, experiment));
  const title = experiment.experiment.name;
  const text = writeReport({ ...material, title, madeAt: madeAt.toISOString(), version: context.version, experiment }, query.format);
  return reportFile(title, query.format, text);
}

/** Sides are named after their arms, and their training domains where these differ; they keep their names where two would clash. */
function armNames({ sides }: Comparison, { request, trials }: ExperimentDetail): string[] {
  const names = sides.map(({ name, runs }) => {
    const trial = trials.find(({ run }) => run !== null && run.id === runs[0]?.id);
    if (trial === undefined) return name;
    const domains = trial.domainSet === null ? undefined : request.domainSets?.[trial.domainSet];
    return [request.arms[trial.arm]?.name ?? name, ...(domains === undefined ? [] : [domains.join(" and ")])].join(", ");
  });
  return new Set(names).size === names.length ? names : sides.map(({ name }) => name);
}

/** Every side with every other that was trained on the same domains, those of different methods first. */
function pairsWithin({ sides }: Comparison): [number, number][] {
  const domainsOf = (place: number) => JSON.stringify(sides[place]?.domains ?? null);
  const all = sides.flatMap((_, one) => sides.flatMap((__, other): [number, number][] => (one < other ? [[one, other]] : [])));
  const within = all.filter(([one, other]) => domainsOf(one) === domainsOf(other));
  const isOfOneMethod = ([one, other]: readonly [number, number]) => (sides[one]?.method === sides[other]?.method ? 1 : 0);
  return (within.length > 0 ? within : all).sort((a, b) => isOfOneMethod(a) - isOfOneMethod(b)).slice(0, mostPairs);
}

import type { Comparison } from "@/lib/contract/comparison";
import type { ExperimentReportQuery } from "@/lib/contract/report";
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
    throw new ServiceError(
      "conflict",
      "The report takes final runs of two arms that have finished: wait for them, or resume the experiment.",
    );
  const material = await gatherMaterial(
    context,
    ordered.flatMap(({ run }) => (run === null ? [] : [run.id])),
    pairsWithin,
    query,
  );
  const title = experiment.experiment.name;
  const text = writeReport({ ...material, title, madeAt: madeAt.toISOString(), version: context.version, experiment }, query.format);
  return reportFile(title, query.format, text);
}

/** Every side with every other that was trained on the same domains. */
function pairsWithin({ sides }: Comparison): [number, number][] {
  const domainsOf = (place: number) => JSON.stringify(sides[place]?.domains ?? null);
  const all = sides.flatMap((_, one) => sides.flatMap((__, other): [number, number][] => (one < other ? [[one, other]] : [])));
  const within = all.filter(([one, other]) => domainsOf(one) === domainsOf(other));
  return (within.length > 0 ? within : all).slice(0, mostPairs);
}

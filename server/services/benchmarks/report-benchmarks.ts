import { type AddBenchmarkInput, addBenchmarkRequest } from "@/lib/contract/benchmark";
import type { ExperimentRequest } from "@/lib/contract/experiment";
import { ownBenchmark, taskOf } from "@/lib/contract/tasks/tasks";
import { readDataSet } from "@/server/db/library/data-sets";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";
import { addBenchmark } from "./benchmarks";

type Reported = Pick<ExperimentRequest, "name" | "task" | "data" | "training">;

/**
 * The rows that an experiment's results are reported on, as benchmarks: losses of a language model, classes or numbers of an encoder, row by
 * row and paired between runs. One; of data whose held-out splits are MNLI's matched and mismatched one of each.
 *
 * @returns their ids
 * @throws ServiceError as `addBenchmark`
 */
export async function addReportBenchmarks(
  context: ServiceContext,
  { name, task, data, training }: Reported,
  signal?: AbortSignal,
): Promise<string[]> {
  const { dataSetId, mapping, domains, validationRows, useChatTemplate } = data;
  const { splits } = found(await readDataSet(context.store.db, dataSetId), "such dataset");
  const apart = mapping.split === undefined ? [] : splits.map((split) => split.name).filter((split) => /[_-](?:mis)?matched$/.test(split));
  const heldOut = apart.filter((split) => !split.startsWith("test"));
  const ids: string[] = [];
  for (const split of heldOut.length > 1 ? heldOut : [undefined]) {
    const part = { kind: "heldOut" as const, validationRows: Math.max(1, validationRows), heldOutPart: "report" as const };
    const request: AddBenchmarkInput = {
      name: `${name}, report rows${split === undefined ? "" : `, ${split}`}`.slice(0, 120),
      rows: {
        ...{ dataSetId, mapping, domains, useChatTemplate },
        part: split === undefined ? part : { ...part, split },
        count: Math.min(20_000, Math.max(2, training.evaluationRows)),
        maxTokens: training.maxTokens,
      },
      task: ownBenchmark(taskOf({ task })),
    };
    ids.push((await addBenchmark(context, addBenchmarkRequest.parse(request), signal)).id);
  }
  return ids;
}

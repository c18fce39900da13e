import type { RunConfig, StoredRunConfig } from "@/lib/contract/run-config";
import { readDataSet } from "@/server/db/library/data-sets";
import { retryWhileDown } from "@/server/db/retry-while-down";
import type { RunRow } from "@/server/db/runs/runs";
import type { JobContext } from "./job-context";

/**
 * The run's own data, or another data set with its own columns, with the path where it lies.
 *
 * @throws Error saying what is missing
 */
export async function runData(
  { store }: Pick<JobContext, "store">,
  run: RunRow,
  { data }: StoredRunConfig,
  dataSetId?: string,
): Promise<RunConfig["data"]> {
  const ownId = data?.kind === "dataSet" ? data.dataSetId : undefined;
  const wantedId = dataSetId ?? ownId;
  if (wantedId === undefined) {
    if (data === null) throw new Error("the run was imported without data: choose a data set");
    return data;
  }
  const dataSet = await retryWhileDown(() => readDataSet(store.db, wantedId));
  if (dataSet === undefined)
    throw new Error(`the data set ${wantedId === ownId ? run.dataName : wantedId} is no longer there; add it again`);
  if (wantedId === ownId && data !== null) return { ...data, path: dataSet.path };
  if (dataSet.mapping === null) throw new Error(`the columns of ${dataSet.name} are not recognised; choose a data set with a text column`);
  return {
    kind: "dataSet",
    dataSetId: wantedId,
    path: dataSet.path,
    mapping: dataSet.mapping,
    useChatTemplate: false,
    domains: null,
    validationRows: 0,
  };
}

import { chooseMapping } from "@/lib/contract/choose-mapping";
import type { CollectionSettings, RunConfig, StoredRunConfig } from "@/lib/contract/run-config";
import { readDataSet } from "@/server/db/library/data-sets";
import { retryWhileDown } from "@/server/db/retry-while-down";
import type { RunRow } from "@/server/db/runs/runs";
import type { JobContext } from "./job-context";

/**
 * The run's own data, or another data set, with the path where it lies; read by the mapping that is given, else by the run's own where its columns
 * are there, else by the one that was recognised.
 *
 * @throws Error saying what is missing
 */
export async function runData(
  { store }: Pick<JobContext, "store">,
  run: RunRow,
  { data }: StoredRunConfig,
  { dataSetId, mapping }: Pick<CollectionSettings, "dataSetId" | "mapping"> = {},
): Promise<RunConfig["data"]> {
  const ownId = data?.kind === "dataSet" ? data.dataSetId : undefined;
  const wantedId = dataSetId ?? ownId;
  if (wantedId === undefined) {
    if (data === null) throw new Error("the run was imported without data: choose a dataset");
    return data;
  }
  const dataSet = await retryWhileDown(() => readDataSet(store.db, wantedId));
  if (dataSet === undefined) throw new Error(`the dataset ${wantedId === ownId ? run.dataName : wantedId} was removed; add it again`);
  const own = data?.kind === "dataSet" ? data : undefined;
  if (wantedId === ownId && own !== undefined) {
    if (mapping === undefined) return { ...own, path: dataSet.path };
    // Domains are chosen by the values of one column.
    const chosen = mapping.domain === own.mapping.domain ? {} : { domains: null, heldOutOf: null, evaluatedDomains: null };
    return { ...own, ...chosen, mapping, path: dataSet.path };
  }
  const taken = mapping ?? chooseMapping(own?.mapping, dataSet);
  if (taken === null) throw new Error(`the columns of ${dataSet.name} are not recognised; map the columns, or choose other data`);
  return {
    kind: "dataSet",
    dataSetId: wantedId,
    path: dataSet.path,
    mapping: taken,
    useChatTemplate: false,
    domains: null,
    validationRows: 0,
  };
}

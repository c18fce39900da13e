import type { ImportRunSettings } from "@/lib/contract/import-run";
import type { ModelSummary } from "@/lib/contract/model";
import { readDataSet } from "@/server/db/library/data-sets";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError } from "@/server/services/errors";
import { checkDataSet } from "./check-config";

/** The rows that an imported run is read on, as its record has them. */
export type UsedData = {
  readonly data: ImportRunSettings["data"];
  readonly dataSetId: string | null;
  readonly dataName: string;
};

/** Finds the data set and puts its path in. @throws ServiceError naming the field at fault */
export async function importedData({ store }: ServiceContext, data: ImportRunSettings["data"], model: ModelSummary): Promise<UsedData> {
  if (data === null) return { data, dataSetId: null, dataName: "data not known" };
  const summary = data.dataSetId === undefined ? undefined : await readDataSet(store.db, data.dataSetId);
  if (summary === undefined) {
    throw new ServiceError(
      "invalid",
      `There is no data set "${data.dataSetId ?? ""}". Add it on the page Data, choose another, or none (null).`,
      {
        field: "data.dataSetId",
      },
    );
  }
  checkDataSet(data, model, summary, "data");
  return { data: { ...data, path: summary.path }, dataSetId: summary.id, dataName: summary.name };
}

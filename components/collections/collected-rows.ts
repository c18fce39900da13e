import { guessMapping, type RowUse, rowUseOf } from "@/components/new-run/guess-mapping";
import { chooseMapping } from "@/lib/contract/choose-mapping";
import { type ColumnMapping, type DataSetSummary, imageColumnOf } from "@/lib/contract/data-set";
import { type CollectionSettings, isOfImages, type StoredRunConfig } from "@/lib/contract/run-config";
import { taskOf } from "@/lib/contract/tasks/tasks";

/** What a collection reads instead of the run's own dataset and columns; undefined if it reads these. */
export type RowSettings = Pick<CollectionSettings, "dataSetId" | "mapping">;

type Data = Pick<DataSetSummary, "id" | "columns" | "mapping">;

/** The dataset to read; undefined if the run has none, or rows of token ids. */
export function dataSetOf({ data }: Pick<StoredRunConfig, "data">, { dataSetId }: RowSettings): string | undefined {
  return dataSetId ?? (data?.kind === "dataSet" ? data.dataSetId : undefined);
}

/** The default columns; null if they are not recognised. */
export function defaultMapping({ data }: Pick<StoredRunConfig, "data">, dataSet: Data): ColumnMapping | null {
  const own = data?.kind === "dataSet" ? data : undefined;
  return own?.dataSetId === dataSet.id ? own.mapping : chooseMapping(own?.mapping, dataSet);
}

/** Settings for another dataset; its columns are guessed if they are not recognised. */
export function withDataSet(config: StoredRunConfig, dataSet: Data): RowSettings {
  const own = dataSetOf(config, {});
  const isKnown = defaultMapping(config, dataSet) !== null;
  return {
    dataSetId: dataSet.id === own ? undefined : dataSet.id,
    mapping: isKnown ? undefined : guessMapping(dataSet, rowUse(config)),
  };
}

/** Settings for other columns; undefined for the defaults, so that the run's choice of domains applies to its own columns. */
export function withMapping(config: StoredRunConfig, dataSet: Data, mapping: ColumnMapping): Pick<RowSettings, "mapping"> {
  const known = defaultMapping(config, dataSet);
  return { mapping: known !== null && rolesOf(known) === rolesOf(mapping) ? undefined : mapping };
}

/** What the run's model takes rows for. */
export function rowUse(config: StoredRunConfig): RowUse {
  const hasImages = config.data?.kind === "dataSet" && imageColumnOf(config.data.mapping) !== undefined;
  return rowUseOf(taskOf(config), isOfImages(config), hasImages);
}

function rolesOf(mapping: ColumnMapping): string {
  return JSON.stringify(Object.entries(mapping).sort(([a], [b]) => (a < b ? -1 : 1)));
}

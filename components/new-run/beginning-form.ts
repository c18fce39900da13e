import type { NewRunAddress } from "@/components/shell/new-run-address";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { ModelSummary } from "@/lib/contract/model";
import type { RunRecord } from "@/lib/contract/run";
import { isWhole } from "@/lib/contract/run-config";
import { formOf } from "./form-of-config";
import { guessMapping, rowUseFor } from "./guess-mapping";
import { newRunForm, type RunForm } from "./run-form";
import { withSizes } from "./sizes-in-address";

type Library = {
  readonly models: readonly ModelSummary[];
  readonly dataSets: readonly DataSetSummary[];
  /** The run to begin from, where there is one. */
  readonly from: Pick<RunRecord, "config"> | undefined;
};

/** What the form of a new run holds before anyone changed it. */
export function beginningForm({ models, dataSets, from }: Library, begun: NewRunAddress): RunForm {
  const plain = plainForm(models, dataSets, begun);
  return withSizes(from && isWhole(from.config) ? formOf(from.config, plain) : plain, begun);
}

function plainForm(models: Library["models"], dataSets: Library["dataSets"], begun: NewRunAddress): RunForm {
  const model = models.find(({ id }) => id === begun.model) ?? models[0];
  const dataSet = dataSets.find(({ id }) => id === begun.data) ?? dataSets[0];
  const form = newRunForm(model);
  return {
    ...form,
    ...(dataSet ? { dataSetId: dataSet.id, mapping: guessMapping(dataSet, rowUseFor(form.task, model)) } : {}),
  };
}

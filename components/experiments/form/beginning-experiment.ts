import { guessMapping, rowUseOf } from "@/components/new-run/guess-mapping";
import { newRunForm } from "@/components/new-run/run-form";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { isDiffusion, type ModelSummary, readsImages, readsImagesInText } from "@/lib/contract/model";
import { type ExperimentForm, exampleForm } from "./experiment-form";

/** Experiments report benchmarks, which diffusion models have none of; those of texts have no images. */
export function comparedModels(models: readonly ModelSummary[]): ModelSummary[] {
  return models.filter((one) => !isDiffusion(one) && !readsImagesInText(one));
}

/** What the form of a new experiment holds before anyone changed it: STAN and LoRA are compared. */
export function beginningExperiment(model: ModelSummary, dataSet: DataSetSummary): ExperimentForm {
  const plain = newRunForm(model);
  const mapping = guessMapping(dataSet, rowUseOf(plain.task, readsImages(model)));
  return exampleForm({ ...plain, dataSetId: dataSet.id, mapping });
}

/** The domains that the rows of a form may be of. */
export function domainsOf({ run }: ExperimentForm, dataSets: readonly DataSetSummary[]): readonly string[] {
  if (run.mapping.domain === undefined) return [];
  return dataSets.find(({ id }) => id === run.dataSetId)?.domains.map(({ name }) => name) ?? [];
}

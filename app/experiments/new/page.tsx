import type { Metadata } from "next";
import { type Reading, read, shortPatienceMs } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { beginningExperiment, comparedModels, domainsOf } from "@/components/experiments/form/beginning-experiment";
import { NewExperimentPage } from "@/components/experiments/form/new-experiment-page";
import { readForm } from "@/components/experiments/form/read-form";
import { isWholeRequest, previewRequest } from "@/components/new-run/preview-request";
import { dataSetsQuery, previewQuery } from "@/lib/client/data";
import { benchmarkChoicesQuery, estimateQuery } from "@/lib/client/experiments";
import { modelContextQuery, modelsQuery } from "@/lib/client/models";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { ModelSummary } from "@/lib/contract/model";

export const metadata: Metadata = { title: "New experiment" };

export default async function Page() {
  const [models, dataSets, benchmarks] = await Promise.all([read(modelsQuery()), read(dataSetsQuery()), read(benchmarkChoicesQuery())]);
  return (
    <WithData of={[models, dataSets, benchmarks, ...(await readCost(models.answer ?? [], dataSets.answer ?? []))]}>
      <NewExperimentPage />
    </WithData>
  );
}

/** What the experiment would cost as the form begins, and what its rows hold. */
async function readCost(models: readonly ModelSummary[], dataSets: readonly DataSetSummary[]): Promise<Reading[]> {
  const [model] = comparedModels(models);
  const [dataSet] = dataSets;
  if (model === undefined || dataSet === undefined) return [];
  const form = beginningExperiment(model, dataSet);
  const { request } = readForm(form, domainsOf(form, dataSets));
  const preview = previewRequest(form.run);
  return Promise.all([
    read(modelContextQuery(model.id)),
    ...(isWholeRequest(preview) ? [read(previewQuery(preview), shortPatienceMs)] : []),
    ...(request === null ? [] : [read(estimateQuery(request), shortPatienceMs)]),
  ]);
}

import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { type Reading, read, shortPatienceMs } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { beginningForm } from "@/components/new-run/beginning-form";
import { checkForm } from "@/components/new-run/check-form";
import { NewRunPage } from "@/components/new-run/new-run-page";
import { isWholeRequest, previewRequest } from "@/components/new-run/preview-request";
import { startsOf } from "@/components/new-run/run-configs";
import { type NewRunAddress, readNewRunAddress } from "@/components/shell/new-run-address";
import { dataSetsQuery, previewQuery } from "@/lib/client/data";
import { modelContextQuery, modelsQuery } from "@/lib/client/models";
import { runEstimatesQuery, runRecordQuery, runsQuery } from "@/lib/client/runs";

export const metadata: Metadata = { title: "New run" };

export default async function Page({ searchParams }: { searchParams: Promise<SearchParams> }) {
  const begun = await readNewRunAddress(searchParams);
  const [models, dataSets, runs, from] = await Promise.all([
    read(modelsQuery()),
    read(dataSetsQuery()),
    read(runsQuery()),
    begun.from === null ? undefined : read(runRecordQuery(begun.from)),
  ]);
  const library = { models: models.answer ?? [], dataSets: dataSets.answer ?? [], from: from?.answer };
  return (
    <WithData of={[models, dataSets, runs, ...(from ? [from] : []), ...(await readAside(library, begun))]}>
      <NewRunPage />
    </WithData>
  );
}

/** What stands beside the form as it begins: rows token by token, and what the runs would cost. */
async function readAside(library: Parameters<typeof beginningForm>[0], begun: NewRunAddress): Promise<Reading[]> {
  const form = beginningForm(library, begun);
  const model = library.models.find(({ id }) => id === form.modelId);
  if (model === undefined) return [];
  const hasDataSet = library.dataSets.some(({ id }) => id === form.dataSetId);
  const request = previewRequest(form);
  return Promise.all([
    read(modelContextQuery(model.id)),
    ...(hasDataSet && isWholeRequest(request) ? [read(previewQuery(request), shortPatienceMs)] : []),
    ...(checkForm(form, model, hasDataSet).length === 0 ? [read(runEstimatesQuery(startsOf(form)), shortPatienceMs)] : []),
  ]);
}

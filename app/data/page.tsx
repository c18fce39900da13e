import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { read } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { readDataAddress } from "@/components/data/data-address";
import { DataPage } from "@/components/data/data-page";
import { dataPageRows, dataRowsQuery, dataSetsQuery } from "@/lib/client/data";
import { jobsQuery } from "@/lib/client/jobs";
import type { DataSetSummary } from "@/lib/contract/data-set";

type DataPageProps = { searchParams: Promise<SearchParams> };

export async function generateMetadata({ searchParams }: DataPageProps): Promise<Metadata> {
  const shown = shownOf((await read(dataSetsQuery())).answer, await readDataAddress(searchParams));
  return { title: shown === undefined ? "Data" : `${shown.name} · Data` };
}

export default async function Page({ searchParams }: DataPageProps) {
  const [dataSets, jobs] = await Promise.all([read(dataSetsQuery()), read(jobsQuery())]);
  const shown = shownOf(dataSets.answer, await readDataAddress(searchParams));
  const rows = shown === undefined ? [] : [await read(dataRowsQuery(shown.id, 0, dataPageRows))];
  return (
    <WithData of={[dataSets, jobs, ...rows]}>
      <DataPage />
    </WithData>
  );
}

/** The dataset whose rows the page shows. */
function shownOf(dataSets: readonly DataSetSummary[] | undefined, { show }: { readonly show: string | null }): DataSetSummary | undefined {
  return dataSets?.find(({ id }) => id === show) ?? dataSets?.[0];
}

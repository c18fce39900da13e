import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { type PageSearch, searchOf } from "@/app/prefetch/search-of";
import { WithData } from "@/app/prefetch/with-data";
import { DataPage } from "@/components/data/data-page";
import { dataPageRows, dataRowsQuery, dataSetsQuery } from "@/lib/client/data";
import { tasksQuery } from "@/lib/client/tasks";
import type { DataSetSummary } from "@/lib/contract/data-set";

type DataPageProps = { searchParams: PageSearch };

export async function generateMetadata({ searchParams }: DataPageProps): Promise<Metadata> {
  const shown = shownOf((await read(dataSetsQuery())).answer, await searchOf(searchParams));
  return { title: shown === undefined ? "Data" : `${shown.name} · Data` };
}

export default async function Page({ searchParams }: DataPageProps) {
  const [dataSets, tasks] = await Promise.all([read(dataSetsQuery()), read(tasksQuery())]);
  const shown = shownOf(dataSets.answer, await searchOf(searchParams));
  const rows = shown === undefined ? [] : [await read(dataRowsQuery(shown.id, 0, dataPageRows))];
  return (
    <WithData of={[dataSets, tasks, ...rows]}>
      <DataPage />
    </WithData>
  );
}

/** The dataset whose rows the page shows. */
function shownOf(dataSets: readonly DataSetSummary[] | undefined, search: URLSearchParams): DataSetSummary | undefined {
  return dataSets?.find(({ id }) => id === search.get("show")) ?? dataSets?.[0];
}

import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { read } from "@/app/prefetch/read";
import { titleInRun } from "@/app/prefetch/titles";
import { WithData } from "@/app/prefetch/with-data";
import { MeasuresScreen } from "@/components/measures/measures-screen";
import { loadOpenMeasure, measuresOf, measureToShow } from "@/components/measures/open-measure";
import { dataSetsQuery } from "@/lib/client/data";
import { studiesQuery, studyQuery } from "@/lib/client/studies";

type MeasuresPageProps = { params: Promise<{ run: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Pick<MeasuresPageProps, "params">): Promise<Metadata> {
  return titleInRun(decodeURIComponent((await params).run), "Measures");
}

export default async function MeasuresPage({ params, searchParams }: MeasuresPageProps) {
  const runId = decodeURIComponent((await params).run);
  const { measure } = await loadOpenMeasure(searchParams);
  const [list, dataSets] = await Promise.all([read(studiesQuery(runId)), read(dataSetsQuery())]);
  const openId = measureToShow(measure, measuresOf(list.answer ?? []));
  const shown = openId === undefined ? [] : [await read(studyQuery(openId))];
  return (
    <WithData of={[list, dataSets, ...shown]}>
      <main className="page">
        <MeasuresScreen runId={runId} />
      </main>
    </WithData>
  );
}

import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { read } from "@/app/prefetch/read";
import { titleInRun } from "@/app/prefetch/titles";
import { WithData } from "@/app/prefetch/with-data";
import { ConceptsScreen } from "@/components/concepts/concepts-screen";
import { detectionToShow, loadOpenDetection } from "@/components/concepts/open-detection";
import { dataSetsQuery } from "@/lib/client/data";
import { detectionQuery, detectionsQuery } from "@/lib/client/detections";

type ConceptsPageProps = { params: Promise<{ run: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: Pick<ConceptsPageProps, "params">): Promise<Metadata> {
  return titleInRun(decodeURIComponent((await params).run), "Concepts");
}

export default async function ConceptsPage({ params, searchParams }: ConceptsPageProps) {
  const runId = decodeURIComponent((await params).run);
  const { detection } = await loadOpenDetection(searchParams);
  const [list, dataSets] = await Promise.all([read(detectionsQuery(runId)), read(dataSetsQuery())]);
  const openId = detectionToShow(detection, list.answer ?? []);
  const shown = openId === undefined ? [] : [await read(detectionQuery(openId))];
  return (
    <WithData of={[list, dataSets, ...shown]}>
      <main className="page">
        <ConceptsScreen runId={runId} />
      </main>
    </WithData>
  );
}

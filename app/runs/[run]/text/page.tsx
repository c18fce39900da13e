import type { Metadata } from "next";
import { type Reading, read } from "@/app/prefetch/read";
import { titleInRun } from "@/app/prefetch/titles";
import { WithData } from "@/app/prefetch/with-data";
import { exampleRows } from "@/components/text/example-rows";
import { TextScreen } from "@/components/text/text-screen";
import { dataRowsQuery } from "@/lib/client/data";
import { modelsQuery } from "@/lib/client/models";
import { runRecordQuery } from "@/lib/client/runs";

type TextPageProps = { params: Promise<{ run: string }> };

export async function generateMetadata({ params }: TextPageProps): Promise<Metadata> {
  return titleInRun(decodeURIComponent((await params).run), "Your text");
}

export default async function TextPage({ params }: TextPageProps) {
  const runId = decodeURIComponent((await params).run);
  const [models, examples] = await Promise.all([read(modelsQuery()), readExamples(runId)]);
  return (
    <WithData of={[models, ...examples]}>
      <TextScreen runId={runId} />
    </WithData>
  );
}

/** The rows that are offered as texts to start from. */
async function readExamples(runId: string): Promise<Reading[]> {
  const { answer } = await read(runRecordQuery(runId));
  const data = answer?.config.data;
  if (data?.kind !== "dataSet" || data.dataSetId === undefined) return [];
  const { dataSetId } = data;
  const first = await read(dataRowsQuery(dataSetId, 0, 1));
  const others = exampleRows(first.answer?.total ?? 0).map((row) => read(dataRowsQuery(dataSetId, row, 1)));
  return [first, ...(await Promise.all(others))];
}

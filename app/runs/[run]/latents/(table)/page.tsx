import type { Metadata } from "next";
import type { SearchParams } from "nuqs/server";
import { read } from "@/app/prefetch/read";
import { readTable } from "@/app/prefetch/read-table";
import { titleInRun } from "@/app/prefetch/titles";
import { WithData } from "@/app/prefetch/with-data";
import { LatentsScreen } from "@/components/latent-table/latents-screen";
import { collectionsQuery } from "@/lib/client/latents";

type LatentsPageProps = { params: Promise<{ run: string }>; searchParams: Promise<SearchParams> };

export async function generateMetadata({ params }: LatentsPageProps): Promise<Metadata> {
  return titleInRun(decodeURIComponent((await params).run), "Latents");
}

export default async function LatentsPage({ params, searchParams }: LatentsPageProps) {
  const runId = decodeURIComponent((await params).run);
  const collections = await read(collectionsQuery(runId));
  const table = await readTable({ kind: "run", runId }, collections.answer ?? [], await searchParams);
  return (
    <WithData of={table}>
      <LatentsScreen runId={runId} />
    </WithData>
  );
}

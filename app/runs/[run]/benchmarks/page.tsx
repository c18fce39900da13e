import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { titleInRun } from "@/app/prefetch/titles";
import { WithData } from "@/app/prefetch/with-data";
import { BenchmarksScreen } from "@/components/benchmarks/benchmarks-screen";
import { runBenchmarksQuery } from "@/lib/client/benchmarks";

type BenchmarksPageProps = { params: Promise<{ run: string }> };

export async function generateMetadata({ params }: BenchmarksPageProps): Promise<Metadata> {
  return titleInRun(decodeURIComponent((await params).run), "Benchmarks");
}

export default async function BenchmarksPage({ params }: BenchmarksPageProps) {
  const runId = decodeURIComponent((await params).run);
  return (
    <WithData of={[await read(runBenchmarksQuery(runId))]}>
      <main className="page">
        <BenchmarksScreen runId={runId} />
      </main>
    </WithData>
  );
}

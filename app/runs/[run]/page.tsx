import type { Metadata } from "next";
import { read, readSubject } from "@/app/prefetch/read";
import { titleInRun } from "@/app/prefetch/titles";
import { WithData } from "@/app/prefetch/with-data";
import { RunOverview } from "@/components/runs/run-overview";
import { runQuery, runsQuery } from "@/lib/client/runs";

type RunPageProps = { params: Promise<{ run: string }> };

export async function generateMetadata({ params }: RunPageProps): Promise<Metadata> {
  return titleInRun(decodeURIComponent((await params).run));
}

export default async function RunPage({ params }: RunPageProps) {
  const runId = decodeURIComponent((await params).run);
  return (
    <WithData of={await Promise.all([readSubject(runQuery(runId)), read(runsQuery())])}>
      <main className="page">
        <RunOverview runId={runId} />
      </main>
    </WithData>
  );
}

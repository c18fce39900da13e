import type { Metadata } from "next";
import { Suspense } from "react";
import { RunOverview } from "@/components/runs/run-overview";
import { RunSkeleton } from "@/components/runs/run-skeleton";

export const metadata: Metadata = { title: "Run" };

export default async function RunPage({ params }: { params: Promise<{ run: string }> }) {
  const { run } = await params;
  return (
    <main className="page">
      <Suspense fallback={<RunSkeleton />}>
        <RunOverview runId={run} />
      </Suspense>
    </main>
  );
}

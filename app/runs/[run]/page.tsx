import type { Metadata } from "next";
import { RunOverview } from "@/components/runs/run-overview";

export const metadata: Metadata = { title: "Run" };

export default async function RunPage({ params }: { params: Promise<{ run: string }> }) {
  const { run } = await params;
  return (
    <main className="page">
      <RunOverview runId={run} />
    </main>
  );
}

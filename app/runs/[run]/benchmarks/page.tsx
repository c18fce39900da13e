import type { Metadata } from "next";
import { BenchmarksScreen } from "@/components/benchmarks/benchmarks-screen";

export const metadata: Metadata = { title: "Benchmarks" };

export default async function BenchmarksPage({ params }: { params: Promise<{ run: string }> }) {
  const { run } = await params;
  return (
    <main className="page">
      <BenchmarksScreen runId={decodeURIComponent(run)} />
    </main>
  );
}

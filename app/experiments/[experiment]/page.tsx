import type { Metadata } from "next";
import { ExperimentPage } from "@/components/experiments/experiment-page";
import { Hydrated } from "@/components/ui/hydrated";

export const metadata: Metadata = { title: "Experiment" };

export default async function Page({ params }: { params: Promise<{ experiment: string }> }) {
  const { experiment } = await params;
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <ExperimentPage experimentId={experiment} />
    </Hydrated>
  );
}

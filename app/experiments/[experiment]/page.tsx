import type { Metadata } from "next";
import { read, readSubject } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { ExperimentPage } from "@/components/experiments/experiment-page";
import { experimentQuery } from "@/lib/client/experiments";
import { statusQuery } from "@/lib/client/status";

type ExperimentPageProps = { params: Promise<{ experiment: string }> };

export async function generateMetadata({ params }: ExperimentPageProps): Promise<Metadata> {
  const { answer } = await read(experimentQuery(decodeURIComponent((await params).experiment)));
  return { title: answer?.experiment.name ?? "Experiment" };
}

export default async function Page({ params }: ExperimentPageProps) {
  const experimentId = decodeURIComponent((await params).experiment);
  return (
    <WithData of={await Promise.all([readSubject(experimentQuery(experimentId)), read(statusQuery())])}>
      <ExperimentPage experimentId={experimentId} />
    </WithData>
  );
}

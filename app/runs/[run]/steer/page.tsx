import type { Metadata } from "next";
import { read } from "@/app/prefetch/read";
import { titleInRun } from "@/app/prefetch/titles";
import { WithData } from "@/app/prefetch/with-data";
import { SteerScreen } from "@/components/steering/steer-screen";
import { modelsQuery } from "@/lib/client/models";
import { runsQuery } from "@/lib/client/runs";

type SteerPageProps = { params: Promise<{ run: string }> };

export async function generateMetadata({ params }: SteerPageProps): Promise<Metadata> {
  return titleInRun(decodeURIComponent((await params).run), "Steer");
}

export default async function SteerPage({ params }: SteerPageProps) {
  const runId = decodeURIComponent((await params).run);
  return (
    <WithData of={await Promise.all([read(modelsQuery()), read(runsQuery())])}>
      <SteerScreen runId={runId} />
    </WithData>
  );
}

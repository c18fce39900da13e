import type { ReactNode } from "react";
import { isEmbedded } from "@/app/prefetch/embedded";
import { read, readSubject } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { RunHeader } from "@/components/runs/run-header";
import { jobsQuery } from "@/lib/client/jobs";
import { collectionsQuery } from "@/lib/client/latents";
import { runRecordQuery } from "@/lib/client/runs";
import { statusQuery } from "@/lib/client/status";

type RunLayoutProps = { children: ReactNode; params: Promise<{ run: string }> };

export default async function RunLayout({ children, params }: RunLayoutProps) {
  const runId = decodeURIComponent((await params).run);
  const readings = await Promise.all([readSubject(runRecordQuery(runId)), read(collectionsQuery(runId))]);
  const isEmbed = await isEmbedded();
  // What the bar says of the work under way.
  const bar = isEmbed ? [] : await Promise.all([read(jobsQuery()), read(statusQuery())]);
  return (
    <WithData of={[...readings, ...bar]}>
      {isEmbed ? null : <RunHeader runId={runId} />}
      {children}
    </WithData>
  );
}

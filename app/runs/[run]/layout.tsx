import type { ReactNode } from "react";
import { isEmbedded } from "@/app/prefetch/embedded";
import { read, readSubject } from "@/app/prefetch/read";
import { WithData } from "@/app/prefetch/with-data";
import { RunHeader } from "@/components/runs/run-header";
import { collectionsQuery } from "@/lib/client/latents";
import { runRecordQuery } from "@/lib/client/runs";

type RunLayoutProps = { children: ReactNode; params: Promise<{ run: string }> };

export default async function RunLayout({ children, params }: RunLayoutProps) {
  const runId = decodeURIComponent((await params).run);
  const readings = await Promise.all([readSubject(runRecordQuery(runId)), read(collectionsQuery(runId))]);
  return (
    <WithData of={readings}>
      {(await isEmbedded()) ? null : <RunHeader runId={runId} />}
      {children}
    </WithData>
  );
}

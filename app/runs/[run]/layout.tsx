import type { ReactNode } from "react";
import { RunHeader } from "@/components/runs/run-header";
import { Hydrated } from "@/components/ui/hydrated";

type RunLayoutProps = { children: ReactNode; params: Promise<{ run: string }> };

export default async function RunLayout({ children, params }: RunLayoutProps) {
  const { run } = await params;
  return (
    <Hydrated fallback={<main className="page" aria-busy="true" />}>
      <RunHeader runId={run} />
      {children}
    </Hydrated>
  );
}

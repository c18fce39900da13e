import type { ReactNode } from "react";
import { RunHeader } from "@/components/runs/run-header";

type RunLayoutProps = { children: ReactNode; params: Promise<{ run: string }> };

export default async function RunLayout({ children, params }: RunLayoutProps) {
  const { run } = await params;
  return (
    <>
      <RunHeader runId={run} />
      {children}
    </>
  );
}

import type { RunSummary } from "@/lib/contract/run";

/** Beside a run's name: it was not trained here. */
export function OriginMark({ run }: { readonly run: Pick<RunSummary, "isImported" | "isSample"> }) {
  if (run.isSample) return <Mark title="Included with Stanscope; its adapter and statistics are read-only">sample</Mark>;
  if (run.isImported) return <Mark title="Trained elsewhere; missing metadata is left blank">imported</Mark>;
  return null;
}

function Mark({ title, children }: { readonly title: string; readonly children: string }) {
  return (
    <span className="chip" title={title}>
      {children}
    </span>
  );
}

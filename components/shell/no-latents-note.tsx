import { pagesOf } from "@/components/methods/methods";
import { ButtonLink } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";
import type { LatentMethod, RunMethod } from "@/lib/contract/run-config";

type NoLatentsNoteProps = { readonly runId: string; readonly method: Exclude<RunMethod, LatentMethod> };

/** Shown instead of a latents page for runs without latents. */
export function NoLatentsNote({ runId, method }: NoLatentsNoteProps) {
  return (
    <main className="page">
      <ErrorNote
        tone="info"
        title="This run has no latents"
        actions={<ButtonLink href={`/runs/${encodeURIComponent(runId)}`}>Run overview</ButtonLink>}
      >
        {pagesOf({ method }).withoutLatents}
      </ErrorNote>
    </main>
  );
}

import { ButtonLink } from "@/components/ui/button";
import { ErrorNote } from "@/components/ui/error-note";

/** In place of a page that a run of an encoder does not have. */
export function EncoderNote({ runId }: { readonly runId: string }) {
  return (
    <main className="page">
      <ErrorNote
        tone="info"
        title="Encoders have no generation"
        actions={<ButtonLink href={`/runs/${encodeURIComponent(runId)}/latents`}>Its latents</ButtonLink>}
      >
        This run classifies whole texts, so no text is continued, steered or measured by benchmarks. Its latents are browsed, and read on a
        text of your own.
      </ErrorNote>
    </main>
  );
}

import { ErrorNote } from "@/components/ui/error-note";

/** Shown instead of what a page does with texts, for a run over images. */
export function ImagesNote() {
  return (
    <ErrorNote tone="info" title="This run reads images">
      This page is for models of text. A latent’s page shows the images and patches on which it fires.
    </ErrorNote>
  );
}

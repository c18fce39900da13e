import { InlineConfirm } from "./inline-confirm";
import type { Draft } from "./use-draft";

/** Discards unsent input, after asking; nothing where there is none. */
export function DiscardDraft({
  draft,
  size = "normal",
}: {
  draft: Pick<Draft<unknown>, "isUnsent" | "discard">;
  size?: "normal" | "dense";
}) {
  if (!draft.isUnsent) return null;
  return (
    <InlineConfirm label="Discard draft" question="Discard what you typed?" confirmLabel="Discard" size={size} onConfirm={draft.discard} />
  );
}

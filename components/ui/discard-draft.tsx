import { InlineConfirm } from "./inline-confirm";
import type { SentDraft } from "./use-draft";

/** Says that what was typed is kept, and throws it away on request; nothing where nothing was typed. */
export function DiscardDraft({ draft, size = "normal" }: { draft: SentDraft; size?: "normal" | "dense" }) {
  if (!draft.isUnsent) return null;
  return (
    <InlineConfirm label="Discard draft" question="Discard what you typed?" confirmLabel="Discard" size={size} onConfirm={draft.discard} />
  );
}

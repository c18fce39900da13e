import type { Span } from "./rank-latents";

/** A selection of tokens: where it began and where its moving end is. */
export type TokenSelection = { readonly anchor: number; readonly head: number };

export function spanOf({ anchor, head }: TokenSelection): Span {
  return { from: Math.min(anchor, head), to: Math.max(anchor, head) };
}

/**
 * What a key does to a selection of `tokens` tokens: arrows, Home and End move it, with shift they extend it, Control or command with A takes all.
 *
 * @returns undefined when the key does nothing here
 */
export function moveSelection(
  before: TokenSelection | null,
  tokens: number,
  key: { readonly key: string; readonly shiftKey: boolean; readonly isCommand: boolean },
): TokenSelection | null | undefined {
  if (tokens === 0) return undefined;
  if (key.isCommand) return key.key === "a" ? { anchor: 0, head: tokens - 1 } : undefined;
  if (key.key === "Escape") return before === null ? undefined : null;
  const head = nextHead(before?.head ?? null, tokens, key.key);
  if (head === undefined) return undefined;
  return { anchor: key.shiftKey && before !== null ? before.anchor : head, head };
}

function nextHead(head: number | null, tokens: number, key: string): number | undefined {
  switch (key) {
    case "ArrowRight":
      return head === null ? 0 : Math.min(tokens - 1, head + 1);
    case "ArrowLeft":
      return head === null ? tokens - 1 : Math.max(0, head - 1);
    case "Home":
      return 0;
    case "End":
      return tokens - 1;
    default:
      return undefined;
  }
}

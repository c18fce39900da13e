import { type RefObject, useEffect, useLayoutEffect, useState } from "react";
import type { Span } from "./rank-latents";

/** Tokens that stand in one line of the page, and where it begins, in CSS pixels. */
export type TokenLine = Span & { readonly top: number };

/** Puts tokens into lines by where each stands; those of one line stand equally high, to a pixel. */
export function linesOf(tops: readonly number[]): TokenLine[] {
  const lines: TokenLine[] = [];
  for (const [token, top] of tops.entries()) {
    const last = lines.at(-1);
    if (last !== undefined && Math.abs(top - last.top) <= 1) lines[lines.length - 1] = { ...last, to: token };
    else lines.push({ from: token, to: token, top });
  }
  return lines;
}

/** The lines that the tokens inside an element are broken into, as it grows and shrinks. */
export function useTokenLines(frame: RefObject<HTMLElement | null>, tokens: number): readonly TokenLine[] {
  const [lines, setLines] = useState<readonly TokenLine[]>([]);
  // Lines depend on how many tokens there are.
  // biome-ignore lint/correctness/useExhaustiveDependencies: tokens are measured where they stand
  useLayoutEffect(() => setLines(measured(frame.current)), [frame, tokens]);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setLines((before) => kept(before, measured(element))));
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  return lines;
}

function measured(element: HTMLElement | null): TokenLine[] {
  const tokens = element?.querySelectorAll<HTMLElement>("[data-token]") ?? [];
  return linesOf(Array.from(tokens, ({ offsetTop }) => offsetTop));
}

/** The lines before, if they are the same. */
function kept(before: readonly TokenLine[], after: readonly TokenLine[]): readonly TokenLine[] {
  const isSame = before.length === after.length && before.every(({ to, top }, at) => to === after[at]?.to && top === after[at]?.top);
  return isSame ? before : after;
}

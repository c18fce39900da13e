import { visibleControls } from "@/lib/contract/visible-controls";

export type VisiblePart = { readonly text: string; readonly isSpace: boolean };

/**
 * A token's text in parts that can all be seen: spaces at its ends and runs of them as dots, from four on counted (`·×11`), control characters
 * by their signs, nothing at all as `∅`. A single space between words stays.
 */
export function visibleParts(text: string): VisiblePart[] {
  if (text === "") return [{ text: "∅", isSpace: true }];
  return (text.match(/ +|[^ ]+/g) ?? []).map((part, index, parts) => {
    if (!part.startsWith(" ")) return { text: visibleControls(part), isSpace: false };
    if (part.length > 3) return { text: `·×${part.length}`, isSpace: true };
    const isInside = part.length === 1 && index > 0 && index < parts.length - 1;
    return { text: isInside ? " " : "·".repeat(part.length), isSpace: true };
  });
}

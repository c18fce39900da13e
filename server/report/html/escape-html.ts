import { wellFormed } from "@/server/report/words/well-formed";

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Plain text as HTML, between tags or in an attribute's quotes. Characters that HTML does not know (control characters, halves of a pair) become U+FFFD. */
export function escapeHtml(text: string): string {
  return wellFormed(text).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

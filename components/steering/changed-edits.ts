import { type Edit, mostEdits } from "@/lib/contract/edit";

export function withMoved(edits: readonly Edit[], from: number, to: number): Edit[] {
  const moved = edits.toSpliced(from, 1);
  return edits[from] === undefined ? moved : moved.toSpliced(to, 0, edits[from]);
}

/** Inserts a copy after an edit; it is a new object, so the two have different keys. */
export function withDuplicate(edits: readonly Edit[], place: number): Edit[] {
  const edit = edits[place];
  return edit === undefined ? [...edits] : edits.toSpliced(place + 1, 0, { ...edit });
}

/** With what was opened in place of the list, or behind it; as many as a list holds, and how many there was no room for. */
export function withOpened(
  edits: readonly Edit[],
  opened: readonly Edit[],
  how: "replace" | "append",
): { readonly edits: Edit[]; readonly leftOut: number } {
  const all = how === "replace" ? [...opened] : [...edits, ...opened];
  return { edits: all.slice(0, mostEdits).map((edit) => ({ ...edit })), leftOut: Math.max(0, all.length - mostEdits) };
}

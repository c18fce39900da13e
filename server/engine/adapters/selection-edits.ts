import type { Ruling } from "@/server/engine/methods/attached-module";
import type { SelectionEdit } from "./edits";

/** What edits of the selection ask at one token; where a latent is both masked and forced in, the later in the list wins. */
export function rulingOf(edits: readonly SelectionEdit[]): Ruling {
  const last = new Map(edits.map(({ index, operation }) => [index, operation]));
  const indices = [...last.keys()];
  return {
    masked: new Set(indices.filter((index) => last.get(index) === "ablatePre")),
    forced: indices.filter((index) => last.get(index) === "forceIn").sort((a, b) => a - b),
  };
}

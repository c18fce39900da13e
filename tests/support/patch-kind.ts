import type { PositionKind } from "@/lib/contract/positions/position-kind";

/** A kind of position that is no text, which a test adds to the registry: patches of an image, named by row and column from 0. */
export const patchKind: PositionKind = {
  noun: "patch",
  plural: "patches",
  input: "image",
  name: ({ position, columns }) => `patch (${Math.floor(position / (columns ?? 1))}, ${position % (columns ?? 1)})`,
  layout: "grid",
  hasVocabulary: false,
};

import { z } from "zod";
import type { PositionKind, PositionWords } from "./position-kind";
import { positionKinds } from "./position-kinds";

export type PositionKindName = keyof typeof positionKinds;

/** All of these keys: `positionKinds` has no others. */
export const positionKindName = z.enum(Object.keys(positionKinds) as [PositionKindName, ...PositionKindName[]]);

export function positionKindOf(name: PositionKindName): PositionKind {
  return positionKinds[name];
}

/** What a search through latents looks in: "token or label". */
export function searchedWords({ noun, hasVocabulary }: PositionKind): string {
  return hasVocabulary ? `${noun} or label` : "label";
}

/** Where the kind is not known, as in the description of the API, or not one. */
export const anyPosition: PositionWords = { noun: "position", plural: "positions" };

/** What positions of all of these kinds are called together. */
export function commonWords(names: readonly PositionKindName[]): PositionWords {
  const [only, ...others] = new Set(names);
  return only === undefined || others.length > 0 ? anyPosition : positionKindOf(only);
}

import { armNames, type Generation } from "@/components/generation/takes/generation";
import type { ArmName, GeneratedToken } from "@/lib/contract/generate";

/** What one arm says of a position in another arm's text. */
export type ArmReading = {
  readonly arm: ArmName;
  /** Its own token there, where both have read the same tokens before: what it would write, or reads. */
  readonly token: GeneratedToken;
  /** Whether that is the same token; only then are log-probability and activations of one thing. */
  readonly isSame: boolean;
};

/**
 * Every arm that has read the same tokens up to a position of `arm`, itself included, in the order of the page. In forced reading these are all arms.
 */
export function readingsAt({ arms }: Generation, arm: ArmName, position: number): ArmReading[] {
  const own = arms[arm]?.tokens;
  const at = own?.[position];
  if (own === undefined || at === undefined) return [];
  return armNames.flatMap((name) => {
    const tokens = arms[name]?.tokens;
    const token = tokens?.[position];
    if (tokens === undefined || token === undefined) return [];
    if (name !== arm && commonTokens(own, tokens, position) < position) return [];
    return [{ arm: name, token, isSame: token.id === at.id }];
  });
}

/** How many leading tokens are the same in both, at most `most`. */
export function commonTokens(
  one: readonly { readonly id: number }[],
  other: readonly { readonly id: number }[],
  most = Number.POSITIVE_INFINITY,
): number {
  const end = Math.min(one.length, other.length, most);
  let length = 0;
  while (length < end && one[length]?.id === other[length]?.id) length++;
  return length;
}

/** The token that an arm finds most probable at a place; undefined where it was not reported. */
export function choiceOf(token: GeneratedToken): { readonly id: number; readonly text: string } | undefined {
  return token.top?.[0];
}

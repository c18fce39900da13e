import type { CountedToken } from "@/lib/contract/latent-columns/counted-token";

/** A token of a latent, and whether the search found it. */
export type ShownToken = CountedToken & { readonly isSearched: boolean };

/** The first tokens of a list, those first that have what was searched for, as the server searches: whatever their case. */
export function searchedFirst(tokens: readonly CountedToken[], searched: string, most: number): ShownToken[] {
  const wanted = searched.toLowerCase();
  const marked = tokens.map((token) => ({ ...token, isSearched: wanted !== "" && token.token.toLowerCase().includes(wanted) }));
  return [...marked.filter(({ isSearched }) => isSearched), ...marked.filter(({ isSearched }) => !isSearched)].slice(0, most);
}

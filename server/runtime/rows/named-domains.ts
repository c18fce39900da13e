import { mostDomains } from "@/lib/contract/data-set";

/**
 * Names of the rows' domains, sorted; empty where they have none.
 *
 * @throws RangeError for more than statistics are kept for
 */
export function namedDomains(rows: readonly { readonly domain: string | null }[]): string[] {
  const names = new Set(rows.flatMap(({ domain }) => (domain === null ? [] : [domain])));
  if (names.size <= mostDomains) return [...names].sort();
  throw new RangeError(
    `the rows name ${names.size} domains, but statistics are kept for at most ${mostDomains} (our limit): choose another domain column, some of the domains, or none`,
  );
}

import { isOfNoisyImages, type LatentRow } from "./latent";

/** A domain of a collection, with how many texts or images it has. */
type CountedDomain = { readonly rows?: number | undefined; readonly timestep?: number | undefined };

/** Rows of a collection, by its domains, all of which have each where these are time steps; null where its rows were not counted by domain. */
export function numRows(domains: readonly CountedDomain[]): number | null {
  const counts = domains.flatMap(({ rows }) => rows ?? []);
  if (counts.length === 0) return null;
  if (isOfNoisyImages({ domains })) return Math.max(...counts);
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Of how many independent trials a selectivity is a share: the texts or images in which a latent fires, since all firings of one fall in its domain; the
 * firings where rows were not counted.
 */
export function selectivityTrials(
  { fireCount, rowShare }: Pick<LatentRow, "fireCount" | "rowShare">,
  domains: readonly CountedDomain[],
): number {
  const rows = numRows(domains);
  return rows === null ? fireCount : Math.round((rowShare ?? 0) * rows);
}

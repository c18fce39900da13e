import { isOfNoisyImages, type LatentRow } from "./latent";

/** A domain of a collection; of images with how many it has. */
type CountedDomain = { readonly rows?: number | undefined; readonly timestep?: number | undefined };

/** Images of a collection, by its domains, all of which have each where these are time steps; null where its rows are not counted by domain. */
export function numImages(domains: readonly CountedDomain[]): number | null {
  const counts = domains.flatMap(({ rows }) => rows ?? []);
  if (counts.length === 0) return null;
  if (isOfNoisyImages({ domains })) return Math.max(...counts);
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * Of how many independent trials a selectivity is a share: a latent's firings; in images the images in which it fires, since all firings of one fall in its
 * domain.
 */
export function selectivityTrials(
  { fireCount, rowShare }: Pick<LatentRow, "fireCount" | "rowShare">,
  domains: readonly CountedDomain[],
): number {
  const images = numImages(domains);
  return images === null ? fireCount : Math.round((rowShare ?? 0) * images);
}

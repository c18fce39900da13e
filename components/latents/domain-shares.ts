/**
 * A latent's firings by domain as if all domains had the same number of positions; adds up to 1, or all 0 for a dead latent.
 *
 * @param counts firings, in the order of `domains`
 */
export function domainShares(counts: readonly number[], domains: readonly { readonly tokens: number }[]): number[] {
  const densities = domains.map((domain, index) => (domain.tokens > 0 ? (counts[index] ?? 0) / domain.tokens : 0));
  const sum = densities.reduce((total, density) => total + density, 0);
  return densities.map((density) => (sum > 0 ? density / sum : 0));
}

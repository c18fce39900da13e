/**
 * Why a measured effect is not told apart from 0, in words; empty where its interval keeps it apart. Rows are drawn anew for the interval, so that of
 * a latent which fires in one row alone it has no width, as it has where the latent fires nowhere.
 */
export function effectDoubt(perFiring: number, halfWidth: number): string {
  if (halfWidth > 0) return Math.abs(perFiring) > halfWidth ? "" : "not told apart from 0";
  return perFiring === 0 ? "it fires nowhere in the held-out text" : "in one row: no interval";
}

import { fewestExamples } from "@/lib/numbers/statistics/enough-examples";

/** Why a measured effect is not distinguishable from 0, in words; empty where its interval excludes 0. */
export function effectDoubt(perFiring: number, halfWidth: number | null): string {
  // Of what was measured before, an interval over a single row has no width.
  if (halfWidth !== null && halfWidth > 0) return Math.abs(perFiring) > halfWidth ? "" : "95 % CI includes 0";
  return perFiring === 0 ? "never fires in the held-out text" : `fires in fewer than ${fewestExamples} rows: too few for an interval`;
}

import type { LatentRow } from "@/lib/contract/latent";
import type { FiringStatistic } from "@/lib/contract/latent-columns/latent-columns";
import { specificShare } from "@/lib/contract/specific-share";
import type { CollectionStatistics } from "./collection-statistics";
import { meanActivation, meanSquare, outputShare, skewness } from "./counts/latent-moments";
import type { ModuleStatistics } from "./module-statistics";

/** One latent of a module, with what the pass added up. */
type OfLatent = { readonly statistics: CollectionStatistics; readonly module: ModuleStatistics; readonly latent: number };

/** How each statistic that `lib/contract/latent-columns` describes as one of the firings is computed. */
const latentStatistics: { readonly [Name in FiringStatistic]: (of: OfLatent) => LatentRow[Name] } = {
  fireCount,
  density,
  rowShare: ({ statistics, module, latent }) => (statistics.rows === 0 ? 0 : (module.rowCount[latent] ?? 0) / statistics.rows),
  meanActivation: ({ module, latent }) => meanActivation(module, latent),
  meanSquare: ({ module, latent }) => meanSquare(module, latent),
  skewness: ({ module, latent }) => skewness(module, latent),
  maxActivation: (of) => (fireCount(of) === 0 ? null : (of.module.max[of.latent] ?? 0)),
  minActivation: (of) => (fireCount(of) === 0 ? null : (of.module.min[of.latent] ?? 0)),
  outputShare: ({ module, latent }) => outputShare(module, latent),
  specificShare: (of) => specificShare(outputShare(of.module, of.latent), density(of)),
};

const computations = Object.entries(latentStatistics);

/** All of them. */
export function statisticsOf(of: OfLatent): Pick<LatentRow, FiringStatistic> {
  // A value of its own for each name.
  return Object.fromEntries(computations.map(([name, compute]) => [name, compute(of)])) as Pick<LatentRow, FiringStatistic>;
}

function density(of: OfLatent): number {
  return of.statistics.tokens === 0 ? 0 : fireCount(of) / of.statistics.tokens;
}

function fireCount({ module, latent }: OfLatent): number {
  return module.fireCount[latent] ?? 0;
}

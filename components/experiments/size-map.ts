import type { ExperimentDetail } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import { meanOf } from "@/lib/numbers/intervals";
import { sweptSettings } from "./rate-curves";

/** Losses of an arm's sparse adapters over k and numLatents, each at the best of its learning rates. */
export type SizeMap = {
  readonly arm: number;
  readonly domainSet: number | null;
  /** Ascending. */
  readonly ks: readonly number[];
  readonly sizes: readonly number[];
  /** By k, then by numLatents; null if none finished. */
  readonly cells: readonly (readonly (number | null)[])[];
};

/**
 * A map for every arm, on every set of domains, of which several k with several numLatents were tried. Of equal sizes with other settings beside, the
 * best counts.
 */
export function sizeMaps({ trials }: Pick<ExperimentDetail, "trials">): SizeMap[] {
  const tried = sweptSettings({ trials }).flatMap(({ adapter, losses, ...swept }) => {
    const sparsity = methodOf(adapter).sparsityOf(adapter);
    return sparsity === null ? [] : [{ ...swept, ...sparsity, loss: meanOf(losses) }];
  });
  const sides = [...new Set(tried.map(({ arm, domainSet }) => `${arm} ${domainSet}`))];
  return sides.flatMap((side) => {
    const own = tried.filter(({ arm, domainSet }) => `${arm} ${domainSet}` === side);
    const [first] = own;
    const ks = ascending(own.map(({ k }) => k));
    const sizes = ascending(own.map(({ numLatents }) => numLatents));
    if (first === undefined || ks.length < 2 || sizes.length < 2) return [];
    const cells = ks.map((k) =>
      sizes.map((size) => {
        const losses = own.flatMap((one) => (one.k === k && one.numLatents === size ? [one.loss] : []));
        return losses.length === 0 ? null : Math.min(...losses);
      }),
    );
    return [{ arm: first.arm, domainSet: first.domainSet, ks, sizes, cells }];
  });
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

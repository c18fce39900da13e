import type { ExperimentArm, ExperimentRequest } from "@/lib/contract/experiment";
import type { AdapterConfig } from "@/lib/contract/run-config";
import { Random } from "@/lib/numbers/random";
import { ServiceError } from "@/server/services/errors";

/** What one trial of an arm tries. */
export type Setting = { readonly adapter: AdapterConfig; readonly learningRate: number };

/**
 * The settings that the sweep tries of each arm, equally many of every one.
 *
 * @returns by arm, in the request's order
 * @throws ServiceError `invalid` when a grid gives the arms different numbers of trials, or an arm has fewer settings than a random search
 * would draw
 */
export function planTrials({ arms, search }: Pick<ExperimentRequest, "arms" | "search">): Setting[][] {
  if (search.kind === "random") return arms.map((arm, place) => drawSettings(arm, place, search));
  const planned = arms.map(gridOf);
  const counts = planned.map((settings) => settings.length);
  if (new Set(counts).size > 1) {
    const each = arms.map(({ name }, at) => `${name} has ${counts[at]}`).join(", ");
    throw new ServiceError(
      "invalid",
      `The arms would have unequal budgets: ${each} trials. Give each arm the same number of adapters × learning rates, or use random search.`,
      { field: "arms" },
    );
  }
  return planned;
}

function gridOf({ adapters, learningRates }: ExperimentArm): Setting[] {
  const rates = learningRates.kind === "list" ? [...new Set(learningRates.values)] : logSpaced(learningRates);
  return distinct(adapters).flatMap((adapter) => rates.map((learningRate) => ({ adapter, learningRate })));
}

/**
 * Draws without replacement: of a list of rates from all combinations; of a range every draw has a rate of its own, and adapters come round
 * in turn, in an order that is drawn.
 */
function drawSettings(arm: ExperimentArm, place: number, { trials, seed }: { trials: number; seed: number }): Setting[] {
  const { learningRates, name } = arm;
  // An arm's draws do not depend on those of the arms before it.
  const random = new Random(seed * 64 + place);
  if (learningRates.kind === "list") {
    const all = gridOf(arm);
    if (all.length < trials) {
      throw new ServiceError(
        "invalid",
        `${name} has only ${all.length} different settings for ${trials} trials: add settings or a range of learning rates, or run fewer trials.`,
        { field: `arms.${place}.learningRates` },
      );
    }
    return inDrawnOrder(all, random).slice(0, trials);
  }
  const adapters = inDrawnOrder(distinct(arm.adapters), random);
  const { low, high } = learningRates;
  return Array.from({ length: trials }, (_, at) => {
    const adapter = adapters[at % adapters.length] ?? arm.adapters[0];
    if (adapter === undefined) throw new RangeError(`arm ${place} has no adapter`);
    return { adapter, learningRate: rounded(low * (high / low) ** random.next()) };
  });
}

function logSpaced({ low, high, count }: { low: number; high: number; count: number }): number[] {
  return Array.from({ length: count }, (_, at) => rounded(low * (high / low) ** (at / (count - 1))));
}

/** To 4 significant digits, so that a rate that is shown is the rate that was used. */
function rounded(rate: number): number {
  return Number(rate.toPrecision(4));
}

function distinct(adapters: readonly AdapterConfig[]): AdapterConfig[] {
  return [...new Map(adapters.map((adapter) => [JSON.stringify(adapter), adapter])).values()];
}

function inDrawnOrder<Item>(items: readonly Item[], random: Random): Item[] {
  const order = Int32Array.from(items.keys());
  random.shuffle(order);
  return [...order].flatMap((at) => items[at] ?? []);
}

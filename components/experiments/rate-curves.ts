import type { LineSeries } from "@/components/plots/line-chart-layout";
import type { ExperimentDetail, ExperimentTrial } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import { meanOf } from "@/lib/numbers/intervals";

/** A setting of the sweep with at least one finished trial. */
export type SweptSetting = Pick<ExperimentTrial, "arm" | "domainSet" | "setting" | "adapter" | "learningRate"> & {
  /** Final held-out losses by seed. */
  readonly losses: readonly number[];
};

/** Settings of the sweep with the results of their finished trials. */
export function sweptSettings({ trials }: Pick<ExperimentDetail, "trials">): SweptSetting[] {
  const settings = new Map<string, SweptSetting & { losses: number[] }>();
  for (const { stage, status, evaluation, ...trial } of trials) {
    if (stage !== "sweep" || status !== "finished" || evaluation === null) continue;
    const { arm, domainSet, setting, adapter, learningRate } = trial;
    const key = `${arm} ${domainSet} ${setting}`;
    const known = settings.get(key) ?? { arm, domainSet, setting, adapter, learningRate, losses: [] };
    known.losses.push(evaluation.loss);
    settings.set(key, known);
  }
  return [...settings.values()];
}

/**
 * Loss at the end of whole trials, their mean over seeds, against the logarithm (base 10) of their learning rate: a curve for each adapter of
 * each arm, with the range over seeds about it.
 *
 * @param trials on the same domains
 */
export function rateCurves({ trials, request }: Pick<ExperimentDetail, "trials" | "request">): LineSeries[] {
  const curves = new Map<string, SweptSetting[]>();
  for (const swept of sweptSettings({ trials })) {
    const key = `${swept.arm} ${JSON.stringify(swept.adapter)}`;
    curves.set(key, [...(curves.get(key) ?? []), swept]);
  }
  const seen = new Set<string>();
  return [...curves].flatMap(([key, settings]) => {
    const [first] = settings;
    if (first === undefined) return [];
    const { adapter } = first;
    const isSecond = seen.has(adapter.method);
    seen.add(adapter.method);
    const name = request.arms[first.arm]?.name ?? "arm";
    const isAlone = (request.arms[first.arm]?.adapters.length ?? 1) === 1;
    const ascending = settings.toSorted((a, b) => a.learningRate - b.learningRate);
    const at = ({ learningRate }: SweptSetting) => Math.log10(learningRate);
    const hasSeeds = settings.some(({ losses }) => losses.length > 1);
    return [
      {
        key,
        label: isAlone ? name : `${name} ${methodOf(adapter).settingOf(adapter)}`,
        mark: adapter.method,
        points: ascending.map((one) => ({ x: at(one), y: meanOf(one.losses) })),
        ...(hasSeeds
          ? { band: ascending.map((one) => ({ x: at(one), low: Math.min(...one.losses), high: Math.max(...one.losses) })) }
          : {}),
        isSecond,
      },
    ];
  });
}

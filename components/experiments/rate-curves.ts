import type { LineSeries } from "@/components/plots/line-chart-layout";
import type { ExperimentDetail, ExperimentTrial } from "@/lib/contract/experiment";
import { adapterWords } from "./trial-words";

/** Loss at the end of whole trials against the logarithm (base 10) of their learning rate: a curve for each adapter of each arm. */
export function rateCurves({ trials, request }: Pick<ExperimentDetail, "trials" | "request">): LineSeries[] {
  const curves = new Map<string, { arm: number; adapter: ExperimentTrial["adapter"]; points: { x: number; y: number }[] }>();
  for (const { stage, status, arm, adapter, learningRate, evaluation } of trials) {
    if (stage !== "sweep" || status !== "finished" || evaluation === null) continue;
    const key = `${arm} ${JSON.stringify(adapter)}`;
    const curve = curves.get(key) ?? { arm, adapter, points: [] };
    curve.points.push({ x: Math.log10(learningRate), y: evaluation.loss });
    curves.set(key, curve);
  }
  const seen = new Set<string>();
  return [...curves].map(([key, { arm, adapter, points }]) => {
    const isSecond = seen.has(adapter.method);
    seen.add(adapter.method);
    const name = request.arms[arm]?.name ?? "arm";
    const isAlone = (request.arms[arm]?.adapters.length ?? 1) === 1;
    return {
      key,
      label: isAlone ? name : `${name} ${adapterWords(adapter)}`,
      mark: adapter.method,
      points: points.toSorted((a, b) => a.x - b.x),
      isSecond,
    };
  });
}

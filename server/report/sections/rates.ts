import type { ComparedSide } from "@/lib/contract/comparison";
import type { ExperimentDetail, ExperimentTrial } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import { formatFixed, formatSetting } from "@/lib/numbers/format";
import { meanOf } from "@/lib/numbers/intervals";
import type { Figure, Table } from "@/server/report/document";
import { looksOf } from "@/server/report/plots/looks";
import { drawXyPlot, type XyPoint, type XySeries } from "@/server/report/plots/xy-plot";
import { lossAxis } from "@/server/report/words/loss-words";

type Curve = { readonly name: string; readonly method: ExperimentTrial["adapter"]["method"]; readonly points: readonly XyPoint[] };

/** Loss of whole trials against their learning rate: a curve for each adapter of each arm, a figure for each set of domains. */
export function rateFigures(experiment: ExperimentDetail, task: ComparedSide["task"]): Figure[] {
  const sets = [...new Set(experiment.trials.map(({ domainSet }) => domainSet))];
  return sets.flatMap((set) => {
    const curves = rateCurves(experiment, set).filter(({ points }) => points.length > 1);
    return curves.length === 0 ? [] : [rateFigure(curves, task, set === null ? null : (experiment.request.domainSets?.[set] ?? null))];
  });
}

function rateFigure(curves: readonly Curve[], task: ComparedSide["task"], domains: readonly string[] | null): Figure {
  const looks = looksOf(curves.map(({ method }) => method));
  const series = curves.flatMap(({ name, points }, place): XySeries[] => {
    const look = looks[place];
    return look === undefined ? [] : [{ name, look, points, isJoined: true, ranges: "bars" }];
  });
  const on = domains === null ? "" : `, trained on ${domains.join(", ")}`;
  const title = `Learning rate: loss on selection rows (${lossAxis(task)}) against the learning rate, logarithmic${on}.`;
  const alternative = series
    .map(({ name, points }) => {
      const best = points.reduce((a, b) => (b.y < a.y ? b : a));
      return `${name}: lowest ${formatFixed(best.y, 4)} at ${formatSetting(best.x)}, of ${points.length} rates from ${formatSetting(points[0]?.x ?? 0)} to ${formatSetting(points.at(-1)?.x ?? 0)}.`;
    })
    .join(" ");
  const drawing = drawXyPlot({
    alternative,
    xLabel: "learning rate",
    yLabel: lossAxis(task),
    isLogX: true,
    formatX: formatSetting,
    series,
  });
  const table: Table = {
    caption: "Selection loss by learning rate",
    columns: [{ name: "Arm" }, { name: "Learning rate", isNumeric: true }, { name: "Loss", isNumeric: true }],
    rows: series.flatMap(({ name, points }) => points.map(({ x, y }) => [name, formatSetting(x), formatFixed(y, 4)])),
  };
  return { title, alternative, drawing, table };
}

/** Of one set of domains, in the order in which the sweep planned them; points ascend in the learning rate, a mean over its seeds each. */
export function rateCurves({ trials, request }: Pick<ExperimentDetail, "trials" | "request">, domainSet: number | null): Curve[] {
  const whole = trials.filter((trial) => trial.stage === "sweep" && trial.status === "finished" && trial.domainSet === domainSet);
  const curves = new Map<string, { readonly first: ExperimentTrial; readonly losses: Map<number, number[]> }>();
  for (const trial of whole) {
    if (trial.evaluation === null || !Number.isFinite(trial.evaluation.loss)) continue;
    const key = `${trial.arm} ${JSON.stringify(trial.adapter)}`;
    const curve = curves.get(key) ?? { first: trial, losses: new Map<number, number[]>() };
    curve.losses.set(trial.learningRate, [...(curve.losses.get(trial.learningRate) ?? []), trial.evaluation.loss]);
    curves.set(key, curve);
  }
  return [...curves.values()].map(({ first: { arm, adapter }, losses }) => {
    const isAlone = (request.arms[arm]?.adapters.length ?? 1) === 1;
    const points = [...losses]
      .map(([x, all]) => ({ x, y: meanOf(all), low: Math.min(...all), high: Math.max(...all) }))
      .sort((a, b) => a.x - b.x);
    const name = request.arms[arm]?.name ?? "arm";
    return { name: isAlone ? name : `${name}, ${methodOf(adapter).describe(adapter)}`, method: adapter.method, points };
  });
}

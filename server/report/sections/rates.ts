import { domainSetsOf, rateCurves } from "@/lib/comparison/rate-curves";
import type { ComparedSide } from "@/lib/contract/comparison";
import type { ExperimentDetail } from "@/lib/contract/experiment";
import { methodOf } from "@/lib/contract/methods/methods";
import type { RunMethod } from "@/lib/contract/run-config";
import { lossAxis, tasks } from "@/lib/contract/tasks/tasks";
import { formatFixed, formatSetting } from "@/lib/numbers/format";
import type { Figure, Table } from "@/server/report/document";
import { looksOf } from "@/server/report/plots/looks";
import { drawXyPlot, type XySeries } from "@/server/report/plots/xy-plot";

type Curve = Pick<XySeries, "name" | "points"> & { readonly method: RunMethod };

/** Loss of whole trials against their learning rate: a curve for each adapter of each arm, a figure for each set of domains. */
export function rateFigures(experiment: ExperimentDetail, task: ComparedSide["task"]): Figure[] {
  return domainSetsOf(experiment.request).flatMap((set) => {
    const curves = rateCurves(experiment, set).flatMap(({ name, adapter, isAlone, points }): Curve[] =>
      points.length < 2
        ? []
        : [{ name: isAlone ? name : `${name}, ${methodOf(adapter).describe(adapter)}`, method: adapter.method, points }],
    );
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
  const title = `Learning rate: loss on selection rows (${lossAxis(tasks[task].loss)}) against the learning rate, logarithmic${on}.`;
  const alternative = series
    .map(({ name, points }) => {
      const best = points.reduce((a, b) => (b.y < a.y ? b : a));
      return `${name}: lowest ${formatFixed(best.y, 4)} at ${formatSetting(best.x)}, of ${points.length} rates from ${formatSetting(points[0]?.x ?? 0)} to ${formatSetting(points.at(-1)?.x ?? 0)}.`;
    })
    .join(" ");
  const drawing = drawXyPlot({
    alternative,
    xLabel: "learning rate",
    yLabel: lossAxis(tasks[task].loss),
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

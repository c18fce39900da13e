import type { LineSeries } from "./line-chart-layout";
import { MarkShape, markColour } from "./mark";

type LineChartLegendProps = { readonly series: readonly LineSeries[]; readonly lineName?: string; readonly pointName?: string };

/** One entry for each kind of trace that is drawn. */
export function LineChartLegend({ series, lineName = "value", pointName = "point" }: LineChartLegendProps) {
  return (
    <div className="legend">
      {series.flatMap((one) => [
        ...(one.line?.length
          ? [
              <span key={`${one.key} line`}>
                <i style={{ color: markColour(one.mark), opacity: one.isSecond ? 0.6 : 1 }} />
                {one.label}, {lineName}
              </span>,
            ]
          : []),
        ...(one.points?.length
          ? [
              <span key={`${one.key} points`}>
                <svg width={10} height={10} aria-hidden="true">
                  <MarkShape mark={one.mark} x={5} y={5} radius={3.4} isOpen={one.isSecond ?? false} />
                </svg>
                {one.label}, {pointName}
              </span>,
            ]
          : []),
      ])}
    </div>
  );
}

import { toCsv } from "@/components/ui/save-file";
import type { LineSeries } from "./line-chart-layout";

/** Every drawn value, one row each: series, kind of trace, x, y. */
export function lineChartCsv(
  series: readonly LineSeries[],
  names: { readonly x: string; readonly line: string; readonly point: string },
): string {
  const rows = series.flatMap((one) => [
    ...(one.raw ?? one.line ?? []).map(({ x, y }) => [one.label, names.line, x, y]),
    ...(one.points ?? []).map(({ x, y }) => [one.label, names.point, x, y]),
  ]);
  return toCsv(["series", "kind", names.x, "value"], rows);
}

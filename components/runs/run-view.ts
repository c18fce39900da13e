import type { StepRange } from "@/lib/client/runs";
import { type XAxis, xAxes } from "./curves";
import { readRange, writeRange } from "./step-range";

/** How a run's curves are shown. */
export type RunView = {
  /** The steps that are shown; null for all. */
  readonly range: StepRange | null;
  /** Empty for none. */
  readonly overlayId: string;
  readonly axis: XAxis;
  readonly isLogY: boolean;
};

export function readRunView(search: URLSearchParams): RunView {
  const axis = search.get("x");
  return {
    range: readRange(search.get("steps")),
    overlayId: search.get("overlay") ?? "",
    axis: xAxes.find((one) => one === axis) ?? "step",
    isLogY: search.get("y") === "log",
  };
}

/** Writes a view into a query, defaults left out. */
export function withRunView({ range, overlayId, axis, isLogY }: RunView, search: URLSearchParams): URLSearchParams {
  for (const [name, value] of [
    ["steps", range === null ? "" : writeRange(range)],
    ["overlay", overlayId],
    ["x", axis === "step" ? "" : axis],
    ["y", isLogY ? "log" : ""],
  ] as const) {
    if (value === "") search.delete(name);
    else search.set(name, value);
  }
  return search;
}

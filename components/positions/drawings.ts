import type { PositionKind, PositionLayout } from "@/lib/contract/positions/position-kind";
import type { PositionDrawing } from "./drawing";
import { HeatGrid } from "./heat-grid";
import { RunningText } from "./running-text";

const drawings: { readonly [Layout in PositionLayout]: PositionDrawing } = {
  text: {
    Positions: RunningText,
    isLine: true,
    stepOf: (key) => (key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : null),
    mark: "Underlined",
    outside: "grey is text outside them",
  },
  grid: {
    Positions: HeatGrid,
    isLine: false,
    stepOf: (key, grid) => gridSteps(grid?.columns ?? 1).get(key) ?? null,
    mark: "Outlined",
    outside: "hatched cells lie outside them",
  },
};

export function drawingOf({ layout }: PositionKind): PositionDrawing {
  return drawings[layout];
}

function gridSteps(columns: number): ReadonlyMap<string, number> {
  return new Map([
    ["ArrowRight", 1],
    ["ArrowLeft", -1],
    ["ArrowDown", columns],
    ["ArrowUp", -columns],
  ]);
}

import type { FormSize } from "@/components/methods/form-method";
import type { RunMethod } from "@/lib/contract/run-config";
import { type ParameterCount, sumOver } from "./count-parameters";

export type BarPart = { name: string; parameters: number; x: number; width: number };
/** What a method trains of every module. */
export type TrainedSize = Pick<FormSize, "trained"> & { readonly method: RunMethod };
export type MethodBar = { method: TrainedSize["method"]; total: number; parts: BarPart[]; y: number; end: number };

const labelRoom = 72;
const numberRoom = 72;
export const barHeight = 18;
const rowHeight = 30;

/** One bar a method, cut by projection kind, all on one scale. @returns bars in pixels and the drawing's height */
export function layOutParameterBars(
  count: ParameterCount,
  bars: readonly TrainedSize[],
  width: number,
): { bars: MethodBar[]; height: number; left: number } {
  const totalOf = ({ trained }: TrainedSize) => sumOver(count.kinds, trained);
  const most = Math.max(1, ...bars.map(totalOf));
  const scale = Math.max(0, width - labelRoom - numberRoom) / most;
  return {
    left: labelRoom,
    height: bars.length * rowHeight + 26,
    bars: bars.map((bar, row) => {
      let x = labelRoom;
      const parts = count.kinds.map((kind) => {
        const parameters = sumOver([kind], bar.trained);
        const part = { name: kind.name, parameters, x, width: Math.max(1, parameters * scale - 1) };
        x += parameters * scale;
        return part;
      });
      return { method: bar.method, total: totalOf(bar), parts, y: 6 + row * rowHeight, end: Math.max(x, labelRoom + 2) };
    }),
  };
}

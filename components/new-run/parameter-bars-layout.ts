import type { ParameterCount } from "./count-parameters";

export type BarPart = { name: string; parameters: number; x: number; width: number };
export type MethodBar = { method: "stan" | "lora"; total: number; parts: BarPart[]; y: number; end: number };

const labelRoom = 72;
const numberRoom = 72;
export const barHeight = 18;
const rowHeight = 30;

/** One bar a method, cut by projection kind, all on one scale. @returns bars in pixels and the drawing's height */
export function layOutParameterBars(
  count: ParameterCount,
  bars: readonly { method: "stan" | "lora"; latents: number }[],
  width: number,
): { bars: MethodBar[]; height: number; left: number } {
  const most = Math.max(1, ...bars.map((bar) => bar.latents * count.perLatent));
  const scale = Math.max(0, width - labelRoom - numberRoom) / most;
  return {
    left: labelRoom,
    height: bars.length * rowHeight + 26,
    bars: bars.map((bar, row) => {
      let x = labelRoom;
      const parts = count.kinds.map((kind) => {
        const parameters = kind.perLatent * bar.latents;
        const part = { name: kind.name, parameters, x, width: Math.max(1, parameters * scale - 1) };
        x += parameters * scale;
        return part;
      });
      return { method: bar.method, total: bar.latents * count.perLatent, parts, y: 6 + row * rowHeight, end: Math.max(x, labelRoom + 2) };
    }),
  };
}

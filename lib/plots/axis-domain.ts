import { extent } from "d3";
import { linearTicks, type Tick, ticksOnLog } from "@/lib/numbers/ticks";

/** Room about the values: a share of their range on a linear axis, a power of their ratio on a logarithmic one. */
export type Room = { readonly isLog: boolean; readonly room: number };

/** Ends of an axis about its values; about a single value some room, without values 0 to 1. */
export function axisDomain(values: readonly number[], { isLog, room }: Room): [number, number] {
  const [low, high] = extent(values);
  if (low === undefined || high === undefined) return isLog ? [0.1, 1] : [0, 1];
  if (isLog) {
    const factor = high > low ? (high / low) ** room : 3;
    return [low / factor, high * factor];
  }
  const beside = high > low ? room * (high - low) : Math.max(0.05 * Math.abs(low), 1e-6);
  return [low - beside, high + beside];
}

/** Ticks of a horizontal axis, written by `format` if it is given. */
export function axisTicks(domain: readonly [number, number], isLog: boolean, format?: (value: number) => string): Tick[] {
  const ticks = isLog ? ticksOnLog(domain, 2, 4) : linearTicks(domain, 5);
  return format === undefined ? ticks : ticks.map(({ value }) => ({ value, label: format(value) }));
}

/** A step line through places in pixels, to tenths: along x first, then along y. */
export function stepPath(places: readonly (readonly [x: number, y: number])[]): string {
  return places.map(([x, y], place) => (place === 0 ? `M${tenths(x)},${tenths(y)}` : `H${tenths(x)}V${tenths(y)}`)).join("");
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}

import { scaleLinear, scaleLog } from "d3";
import { formatFixed, formatPowerOfTen, formatScientific } from "./format";

/** A labelled place on an axis. */
export type Tick = { readonly value: number; readonly label: string };

const prefixes: readonly (readonly [number, string])[] = [
  [1e18, "E"],
  [1e15, "P"],
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
];

/** At most `most` round ticks inside `domain`, all with the decimals that the step needs. */
export function linearTicks(domain: readonly [number, number], most: number): Tick[] {
  const [low, high] = domain;
  if (!(high > low) || most < 1) return [];
  const scale = scaleLinear([low, high], [0, 1]);
  let wanted = most;
  let values = scale.ticks(wanted);
  while (values.length > most && wanted > 1) {
    wanted -= 1;
    values = scale.ticks(wanted);
  }
  const step = values.length > 1 ? (values[1] ?? 0) - (values[0] ?? 0) : high - low;
  return values.map((value) => ({ value, label: tickLabel(value, step) }));
}

/** Powers of ten (or of a thousand, ten thousand … where those are too many) inside `domain`, whose ends are positive. */
export function logTicks(domain: readonly [number, number], most: number): Tick[] {
  const [low, high] = domain;
  if (!(low > 0) || !(high > low)) return [];
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first + 1) / Math.max(1, most)));
  const ticks: Tick[] = [];
  for (let exponent = first; exponent <= last; exponent += stride) ticks.push({ value: 10 ** exponent, label: powerOfTen(exponent) });
  return ticks;
}

/** Powers of ten inside `domain`, whose ends are positive; where it holds fewer than `fewest` of them, at most `most` round values. */
export function ticksOnLog(domain: readonly [number, number], fewest: number, most: number): Tick[] {
  const decades = logTicks(domain, 5);
  if (decades.length >= fewest) return decades;
  const values = scaleLog([...domain], [0, 1])
    .ticks(4)
    .filter((value) => value >= domain[0] && value <= domain[1]);
  const stride = Math.max(1, Math.ceil(values.length / most));
  return values
    .filter((_, place) => place % stride === 0)
    .map((value) => ({ value, label: tickLabel(value, 10 ** Math.floor(Math.log10(value))) }));
}

/** `0.01`, `1`, `1 000` near one, `10⁻³` and `10⁴` beyond. */
export function powerOfTen(exponent: number): string {
  return exponent >= -2 && exponent <= 3 ? formatFixed(10 ** exponent, Math.max(0, -exponent)) : formatPowerOfTen(exponent);
}

/** A power of two as `2⁻⁴`; from a half to 1 024 the number itself. */
export function powerOfTwo(exponent: number): string {
  if (exponent === -1) return "0.5";
  return exponent >= 0 && exponent <= 10 ? formatFixed(2 ** exponent, 0) : formatPowerOfTen(exponent).replace("10", "2");
}

/** A tick's number with the decimals of `step`; from a million with a prefix, under 10⁻⁴ with a power of ten. */
export function tickLabel(value: number, step: number): string {
  if (value === 0) return "0";
  if (Math.abs(value) >= 1e6) return withPrefix(value, step);
  if (Math.abs(step) < 1e-4) return formatScientific(value);
  return formatFixed(value, decimalsOf(step));
}

function withPrefix(value: number, step: number): string {
  const [size, unit] = prefixes.find(([bound]) => Math.abs(value) >= bound) ?? [1e6, "M"];
  return `${formatFixed(value / size, Math.min(3, decimalsOf(step / size)))}\u00a0${unit}`;
}

/** Decimals of the numbers of ticks that are `step` apart. */
export function decimalsOf(step: number): number {
  return Math.max(0, -Math.floor(Math.log10(Math.abs(step)) + 1e-9));
}

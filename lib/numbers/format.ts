/** How numbers are written everywhere: thousands parted by U+00A0, `%` after U+202F, true minus, powers of ten as `× 10⁻³`. */

const nbsp = "\u00a0";
const thinSpace = "\u202f";
const minus = "\u2212";
const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** What stands where nothing was measured. */
export const notMeasured = "–";

/** `1 048 576`. Fractions are rounded. */
export function formatInteger(value: number): string {
  return formatFixed(value, 0);
}

/** `1 234.50`: a fixed number of decimals. */
export function formatFixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  const [whole = "", fraction] = Math.abs(value).toFixed(decimals).split(".");
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, nbsp);
  const text = fraction === undefined ? digits : `${digits}.${fraction}`;
  return value < 0 && /[1-9]/.test(text) ? minus + text : text;
}

/** `+0.021`, `−0.519`, `0`: differences carry their sign. */
export function formatSigned(value: number, decimals: number): string {
  const text = formatFixed(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** Readings, 3 significant digits: `0.412`, `8.61`, `1 240`; under 10⁻³ and from 10⁶ as `2 × 10⁻³`, trailing zeros left out there. */
export function formatSignificant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return formatScientific(value, digits);
  const exponent = exponentOf(size, digits);
  return formatFixed(value, Math.max(0, digits - 1 - exponent));
}

/** `1.06 × 10⁻³`; `10⁻³` alone when the factor is 1. */
export function formatScientific(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  if (value === 0) return "0";
  const [factor = "", exponent = "0"] = Math.abs(value)
    .toExponential(digits - 1)
    .split("e");
  const trimmed = factor.includes(".") ? factor.replace(/\.?0+$/, "") : factor;
  const power = formatPowerOfTen(Number(exponent));
  const sign = value < 0 ? minus : "";
  return trimmed === "1" ? sign + power : `${sign}${trimmed}${nbsp}×${nbsp}${power}`;
}

/** A setting as it was given, all its digits: `1`, `0.06`, `2 × 10⁻³`, `1 048 576`. */
export function formatSetting(value: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  const size = Math.abs(value);
  const [factor = "", exponent = "0"] = size.toExponential().split("e");
  if (value !== 0 && (size < 1e-2 || size >= 1e9)) return formatScientific(value, factor.replace(".", "").length);
  const decimals = (factor.split(".")[1]?.length ?? 0) - Number(exponent);
  return formatFixed(value, Math.max(0, decimals));
}

/** `10⁻³` for −3. */
export function formatPowerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join("");
  return `10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/** Counts for tables: `14.7 M`, `922 k`; in full below 10⁵. */
export function formatCount(value: number): string {
  if (!Number.isFinite(value)) return formatNonFinite(value);
  if (Math.abs(value) < 1e5) return formatInteger(value);
  return formatWithPrefix(value, 1000, ["", "k", "M", "G", "T", "P"]);
}

/** Sizes in powers of 1024: `2.2 GiB`, `56.3 MiB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return formatNonFinite(bytes);
  if (Math.abs(bytes) < 1024) return `${formatInteger(bytes)}${nbsp}B`;
  return formatWithPrefix(bytes, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]);
}

/** `63.8 %` of a fraction; 3 significant digits, at most `decimals` of them after the point. */
export function formatPercent(fraction: number, decimals = 1): string {
  if (!Number.isFinite(fraction)) return formatNonFinite(fraction);
  const percent = fraction * 100;
  if (percent !== 0 && Math.abs(percent) < 10 ** -decimals / 2)
    return `<${thinSpace}${formatFixed(10 ** -decimals, decimals)}${thinSpace}%`;
  const text = formatFixed(percent, Math.abs(percent) >= 99.95 ? 0 : decimals);
  return `${Number.isInteger(percent) ? formatInteger(percent) : text}${thinSpace}%`;
}

/** `± 0.013`. */
export function formatHalfWidth(halfWidth: number, decimals: number): string {
  return `±${nbsp}${formatFixed(halfWidth, decimals)}`;
}

/** Decimals that show two digits of a spread, such as half an interval; 3 without one. */
export function decimalsOfSpread(spread: number): number {
  return spread > 0 ? Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(spread)))) : 3;
}

/** `12 s`, `3 min 12 s`, `2 h 05 min`, `3 d 4 h`; under a second `<1 s`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return notMeasured;
  const whole = Math.round(seconds);
  if (whole === 0) return seconds === 0 ? `0${nbsp}s` : `<1${nbsp}s`;
  if (whole < 60) return `${whole}${nbsp}s`;
  if (whole < 3600) return parts(Math.floor(whole / 60), "min", whole % 60, "s");
  if (whole < 86_400) return parts(Math.floor(whole / 3600), "h", Math.floor((whole % 3600) / 60), "min");
  return parts(Math.floor(whole / 86_400), "d", Math.floor((whole % 86_400) / 3600), "h");
}

/** `241 ms`, `1.86 s`, `3 min 12 s`. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds < 1000) return `${formatSignificant(milliseconds)}${nbsp}ms`;
  if (milliseconds < 60_000) return `${formatSignificant(milliseconds / 1000)}${nbsp}s`;
  return formatDuration(milliseconds / 1000);
}

/** `1 run`, `3 runs`. */
export function formatPlural(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatInteger(count)} ${count === 1 ? singular : plural}`;
}

/** With a capital first letter, as at the beginning of a label. */
export function capitalised(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

function formatWithPrefix(value: number, base: number, prefixes: readonly string[]): string {
  let scaled = Math.abs(value);
  let step = 0;
  while (scaled >= base * 0.9995 && step < prefixes.length - 1) {
    scaled /= base;
    step++;
  }
  const exponent = exponentOf(scaled, 3);
  const text = formatFixed(Math.sign(value) * scaled, Math.max(0, 2 - exponent));
  return `${text}${nbsp}${prefixes[step] ?? ""}`;
}

/** Exponent of the leading digit once rounded to `digits` digits: 9.999 counts as 10. */
function exponentOf(size: number, digits: number): number {
  return size === 0 ? 0 : Number(size.toExponential(digits - 1).split("e")[1]);
}

function parts(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${nbsp}${largeUnit}` : `${large}${nbsp}${largeUnit} ${small}${nbsp}${smallUnit}`;
}

function formatNonFinite(value: number): string {
  if (Number.isNaN(value)) return "not a number";
  return value < 0 ? `${minus}∞` : "∞";
}

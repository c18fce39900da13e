/** Families of eight colours, even in lightness; `act` goes over to blue for negative values. */
export type Ramp = "act" | "kl" | "worse";

/** Step of the ramp from 1 to 8, 0 for nothing: eighths of `max`, which the last step includes and all beyond belong to. */
export function rampStep(value: number, max: number): number {
  const size = Math.abs(value);
  if (!(size > 0) || !(max > 0)) return 0;
  return Math.min(8, Math.max(1, Math.ceil((size / max) * 8)));
}

/** Background of a value on an absolute scale; text on it is set in `rampInk`, which is `--act-ink` on all but the strongest steps of `kl`. */
export function rampColour(value: number, max: number, ramp: Ramp): string {
  const step = rampStep(value, max);
  if (step === 0) return "transparent";
  return `var(--${value < 0 && ramp === "act" ? "neg" : ramp}-${step})`;
}

/** The colour of text on it, at least 4.5 : 1. */
export function rampInk(value: number, max: number, ramp: Ramp): string {
  const step = rampStep(value, max);
  return ramp === "kl" && step > 5 ? `var(--kl-ink-${step})` : "var(--act-ink)";
}

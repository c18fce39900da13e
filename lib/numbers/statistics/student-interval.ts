import { meanOf } from "@/lib/numbers/intervals";
import { studentQuantile, studentTails, varianceOf } from "./student-t";

/** An estimate with what a bootstrap distribution says of its spread. */
export type SpreadEstimate = {
  readonly estimate: number;
  /** Its standard error: the deviation of the resamples, larger by √(n / (n − 1)), for which the bootstrap is too small. */
  readonly error: number;
  /** Of the resamples; for a mean the examples' skewness / √n. 0 where all resamples are equal. */
  readonly skewness: number;
  readonly examples: number;
};

/** Reads standard error and skewness off the metric's resamples, of two examples or more. */
export function spreadEstimate(estimate: number, resampled: ArrayLike<number>, examples: number): SpreadEstimate {
  const mean = meanOf(resampled);
  const variance = resampled.length < 2 ? 0 : varianceOf(resampled);
  let [squares, cubes] = [0, 0];
  for (let i = 0; i < resampled.length; i++) {
    const apart = (resampled[i] as number) - mean;
    squares += apart ** 2;
    cubes += apart ** 3;
  }
  const skewness = variance === 0 ? 0 : (cubes / squares ** 1.5) * Math.sqrt(resampled.length);
  return { estimate, error: Math.sqrt((examples / (examples - 1)) * variance), skewness, examples };
}

/**
 * Student's t interval with the bootstrap's standard error (Efron and Tibshirani 1993, chapter 12), its end on the side of the skew moved out by
 * the skewness (Johnson 1978, "Modified t Tests and Confidence Intervals for Asymmetrical Populations", also in Hesterberg 2015):
 * by κ (1 + 2 t²) standard errors, κ a sixth of the resamples' skewness. Johnson also moves the other end in; that covers too little
 * where tails are heavy and a sample's skewness is chance.
 */
export function studentInterval(
  { estimate, error, skewness, examples }: SpreadEstimate,
  level: number,
): readonly [low: number, high: number] {
  if (error === 0) return [estimate, estimate];
  const t = studentQuantile(examples - 1, level);
  const moved = (skewness / 6) * (1 + 2 * t * t);
  return [estimate - error * (t + Math.max(0, -moved)), estimate + error * (t + Math.max(0, moved))];
}

/** Two-sided p of 0: the level at which `studentInterval` ends there. 0 where all resamples are one number other than 0. */
export function studentPValue({ estimate, error, skewness, examples }: SpreadEstimate): number {
  if (error === 0) return estimate === 0 ? 1 : 0;
  const size = Math.abs(estimate) / error;
  // The end that faces 0 lies t + κ (1 + 2 t²) errors from the estimate.
  const kappa = Math.max(0, (-Math.sign(estimate) * skewness) / 6);
  if (size <= kappa) return 1;
  return studentTails((2 * (size - kappa)) / (1 + Math.sqrt(1 + 8 * kappa * (size - kappa))), examples - 1);
}

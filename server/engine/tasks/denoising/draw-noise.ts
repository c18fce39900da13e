import { Random } from "@/lib/numbers/random";

/** What is drawn for a row of a training step. */
export type DrawnNoise = {
  readonly timestep: number;
  /** Standard normal, of the image's size. */
  readonly noise: Float32Array;
  readonly withholdsClass: boolean;
};

/** Keeps these numbers apart from those of dropout, which hang on the same step and place. */
const OF_NOISE = -2;

/**
 * The same for a row wherever it is computed and however often training stopped before: it hangs on the run's seed, the step and the row's place in it.
 *
 * @param size numbers of the image
 */
export function drawNoise(
  { seed, step, place }: { readonly seed: number; readonly step: number; readonly place: number },
  size: number,
  numTimesteps: number,
  classDropout: number,
): DrawnNoise {
  const random = Random.ofNumbers([seed, step, OF_NOISE, place]);
  const timestep = random.nextBelow(numTimesteps);
  const withholdsClass = random.next() < classDropout;
  return { timestep, withholdsClass, noise: random.normals(size) };
}

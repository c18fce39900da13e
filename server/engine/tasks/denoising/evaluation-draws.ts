import { Random } from "@/lib/numbers/random";
import type { DrawnNoise } from "./draw-noise";

/** Keeps these numbers apart from those of training. */
const OF_EVALUATION = -3;

/**
 * Noise and time steps at which an image is evaluated, the same in every evaluation of every run: they depend on the image's number alone. The time steps
 * are spread evenly, one drawn from each of as many equal parts of all.
 *
 * @param row the image's number in its data
 * @param size numbers of the image
 */
export function evaluationDraws(row: number, count: number, size: number, numTimesteps: number): DrawnNoise[] {
  return Array.from({ length: count }, (_, part) => {
    const random = Random.ofNumbers([row, part, OF_EVALUATION]);
    const timestep = Math.floor(((part + random.next()) / count) * numTimesteps);
    return { timestep, withholdsClass: false, noise: random.normals(size) };
  });
}

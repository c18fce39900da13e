import type { EvaluatedImage } from "@/server/engine/tasks/denoising/denoising-losses";
import type { CleanRow } from "@/server/engine/tasks/denoising/denoising-objective";
import type { DrawnNoise } from "@/server/engine/tasks/denoising/draw-noise";
import { evaluationDraws } from "@/server/engine/tasks/denoising/evaluation-draws";
import type { CleanDataRow } from "@/server/runtime/rows/clean-rows";

/** An image as a training takes it. */
export function asCleanRow({ image, classNumber }: CleanDataRow): CleanRow {
  return { image, label: classNumber };
}

/** Images with the noise and time steps at which they are evaluated: their own where they bring them. */
export function evaluatedImages(rows: readonly CleanDataRow[], draws: number, numTimesteps: number): EvaluatedImage[] {
  return rows.map((row) => ({
    ...asCleanRow(row),
    draws() {
      const { image, drawn } = row;
      if (drawn !== undefined) return [withClass(drawn)];
      return evaluationDraws(row.row, draws, image.channels * image.height * image.width, numTimesteps);
    },
  }));
}

/** Noise that was drawn elsewhere; the class of its image is told as it is. */
export function withClass(drawn: Pick<DrawnNoise, "noise" | "timestep">): DrawnNoise {
  return { ...drawn, withholdsClass: false };
}

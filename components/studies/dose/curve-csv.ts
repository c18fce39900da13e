import { toCsv } from "@/components/ui/save-file";
import type { DoseCurve } from "./dose-curves";

/** A row a value: the latent with its interval, then the lowest and highest of the random latents; adapter and base model in each. */
export function curveCsv({ points, band, adapter, base }: DoseCurve): string {
  return toCsv(
    ["value", "mean", "halfWidth", "randomLowest", "randomHighest", "randomLatents", "adapter", "base"],
    points.map(({ x, y, halfWidth }) => {
      const random = band.find((one) => one.x === x);
      return [x, y, halfWidth, random?.low ?? null, random?.high ?? null, random?.count ?? 0, adapter, base];
    }),
  );
}

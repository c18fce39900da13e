import { add } from "@/server/engine/tensor/arithmetic";
import { free, tidy } from "@/server/engine/tensor/scope";
import type { Gradients } from "./projection-hook";

/** Adds `more` to `sums`, which owns all of it afterwards. */
export function addGradients(sums: Gradients, more: Gradients): void {
  for (const [key, gradient] of more) {
    const sum = sums.get(key);
    if (sum === undefined) {
      sums.set(key, gradient);
      continue;
    }
    sums.set(
      key,
      tidy(() => add(sum, gradient)),
    );
    free(sum, gradient);
  }
}

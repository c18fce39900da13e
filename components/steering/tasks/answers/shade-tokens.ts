import { normTop } from "@/components/generation/strips/norm-gauge-layout";
import type { OwnRange } from "@/components/generation/strips/own-range";
import type { ShadedText } from "@/components/text/shown-tokens";
import { activationsOf, largestOf } from "@/components/text/token-sums";
import type { Reading } from "@/components/text/use-reading";
import type { LatentRef } from "@/lib/contract/edit";

/**
 * What shades the positions of an answered input: the norm that edits inject, on the scale that generations have, or a latent's activation before them.
 *
 * @param colourMax top of the scale of the latent's module; 0 takes the largest of the input
 * @param range of the edited modules
 */
export function shadeTokens(
  reading: Pick<Reading, "tokens" | "compared" | "readings">,
  latent: LatentRef | null,
  colourMax: number,
  range: OwnRange | null,
): ShadedText {
  const count = reading.tokens.length;
  if (latent === null) {
    const values = reading.compared?.injectedNorms ?? [];
    const max = 100 * normTop(Math.max(0, ...values), range);
    return { values: values.map((share) => 100 * share), max, ramp: "worse", isSigned: false, unit: "% of ‖W₀x‖" };
  }
  const own = reading.readings.find(({ module }) => module === latent.module);
  const values = own === undefined ? reading.tokens.map(() => null) : [...activationsOf(own, latent.index, count)];
  return {
    values,
    max: colourMax || largestOf(values.map((value) => value ?? 0)),
    ramp: "act",
    isSigned: values.some((value) => value !== null && value < 0),
    unit: "",
  };
}

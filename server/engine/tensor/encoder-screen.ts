import { usesOwnKernels } from "./backend";
import { layInLargePages } from "./create";
import { dims, execute, NO_ATTRIBUTES } from "./execute";
import { suffixOf } from "./step";
import type { Tensor } from "./tensor";

/**
 * A STAN encoder in 8 bits, with bounds of what that leaves. With it a step of decoding finds which latents can be among the k largest, and computes
 * those alone from the encoder itself: what is kept is bit for bit the same.
 *
 * @param E (numLatents, dIn) float32 or bfloat16
 * @returns int32, a quarter of the bytes of E in float32; undefined where no kernel reads it
 */
export function encoderScreen(E: Tensor): Tensor | undefined {
  if (!usesOwnKernels()) return undefined;
  const screen = execute(`StanscopeEncoderScreen${suffixOf(E)}`, NO_ATTRIBUTES, [E]);
  layInLargePages(screen);
  return screen;
}

/** What a kernel takes in the place of a screen where there is none. */
export function noScreen(): Tensor {
  return dims([0]);
}

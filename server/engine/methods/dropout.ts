import { Random } from "@/lib/numbers/random";
import { textsOf } from "@/server/engine/models/batch";
import type { HookPass } from "@/server/engine/models/projection-hook";
import { multiply } from "@/server/engine/tensor/arithmetic";
import { fromValues } from "@/server/engine/tensor/create";
import type { Tensor } from "@/server/engine/tensor/tensor";
import type { AdaptableModule } from "./targets";

/** What dropout is drawn by. One draw gives one mask to a text of a step, whichever texts share its pass and its row and however often training stopped between. */
export type DropoutDraw = {
  /** Of the run. */
  readonly seed: number;
  /** Of the optimizer, from 1. */
  readonly step: number;
  /** Of each text of the pass among those of the step. */
  readonly places: readonly number[];
};

/** What a projection's input is multiplied by before an update reads it, (tokens, dIn); undefined without dropout. */
export type InputMask = (pass: HookPass) => Tensor | undefined;

type DroppedModule = Pick<AdaptableModule, "module" | "dIn"> & { readonly dropout?: number | undefined };

/** @throws Error where dropout has nothing to be drawn by */
export function inputMask({ module, dIn, dropout = 0 }: DroppedModule, place: number, draw: DropoutDraw | undefined): InputMask {
  if (dropout === 0) return () => undefined;
  if (draw === undefined) throw new Error(`${module} has dropout, and training hooks need its seed`);
  return (pass) => dropoutMask(dropout, draw, place, pass, dIn);
}

export function masked(values: Tensor, mask: Tensor | undefined): Tensor {
  return mask === undefined ? values : multiply(values, mask);
}

/** @throws RangeError for a share that is not in 0…1, 1 not included */
export function demandDropout(dropout: number): void {
  if (!(dropout >= 0 && dropout < 1)) throw new RangeError(`dropout must be at least 0 and below 1, but is ${dropout}`);
}

/**
 * Inverted dropout (Srivastava et al. 2014): 0 with probability `rate`, else 1 / (1 − rate), drawn for each entry alone.
 *
 * @param rate in 0…1, 1 not included
 * @param place of the module among the adapter's: each draws for itself
 * @returns (rows · tokens, width)
 */
export function dropoutMask(rate: number, draw: DropoutDraw, place: number, pass: HookPass, width: number): Tensor {
  const { rows, tokens, positions, reads = "tokens" } = pass;
  const kept = 1 / (1 - rate);
  const mask = new Float32Array(rows * tokens * width).fill(kept);
  const drop = (from: number, to: number, owner: readonly number[]) => {
    const random = Random.ofNumbers([draw.seed, draw.step, ...owner]);
    for (let at = from * width + gap(rate, random); at < to * width; at += 1 + gap(rate, random)) mask[at] = 0;
  };
  if (rate > 0 && reads === "relativePositions") {
    // They are those of no row, and how many there are depends on the longest: each draws for itself.
    positions.forEach((position, at) => {
      drop(at, at + 1, [-1, place, position]);
    });
  } else if (rate > 0 && reads === "images") {
    // An image draws by its text and its number there.
    const seen = new Map<number, number>();
    pass.texts?.forEach((text, image) => {
      const number = seen.get(text) ?? 0;
      seen.set(text, number + 1);
      drop(image * tokens, (image + 1) * tokens, [placeOf(draw, text), place, number]);
    });
  } else if (rate > 0) {
    textsOf(pass).forEach(({ from, to }, text) => {
      drop(from, to, [placeOf(draw, text), place]);
    });
  }
  return fromValues(mask, [rows * tokens, width]);
}

function placeOf({ places }: DropoutDraw, text: number): number {
  const found = places[text];
  if (found === undefined) throw new RangeError(`dropout has places for ${places.length} texts, but text ${text} has none`);
  return found;
}

/** How many entries stay before the next that is dropped: geometric, so that a number is drawn for each dropped entry alone. */
function gap(rate: number, random: Random): number {
  return Math.floor(Math.log(1 - random.next()) / Math.log(1 - rate));
}

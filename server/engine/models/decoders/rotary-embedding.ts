import { dependsOnContext } from "@/lib/contract/architectures/long-context";
import type { RopeScaling } from "@/lib/contract/architectures/rope-scaling";
import type { RotarySettings } from "@/lib/contract/architectures/rotary-settings";
import type { Rotary } from "@/server/engine/models/block";
import { rotaryTables } from "@/server/engine/tensor/attention";
import { rotaryFrequencies } from "./rotary-frequencies";

/**
 * Makes the tables of a pass from its positions.
 *
 * @param contexts how many tokens the text of each position may have, or the one number for all of them
 */
export type RotaryEmbedding = (positions: Int32Array, contexts: Int32Array | number) => Rotary;

/**
 * Rotary embedding of heads of dHead dimensions, of which those beyond `dims` stay as they are: laid so that each rotated pair is half a head
 * apart, they are the last of each half. Queries come out scaled.
 */
export function rotaryEmbedding(settings: RotarySettings, dHead: number, queryScale: number): RotaryEmbedding {
  const { scaling, dims } = settings;
  const stillPairs = (dHead - dims) / 2;
  const gain = gainOf(scaling);
  const gains = (scale: number) => Array.from({ length: dHead / 2 }, (_, pair) => (pair < dims / 2 ? gain * scale : scale));
  const [queryGains, keyGains] = [gains(queryScale), gains(1)];
  const isContextual = dependsOnContext({ rotary: settings });
  let known: { readonly context: number; readonly frequencies: readonly number[] } | undefined;

  function frequenciesFor(context: number): readonly number[] {
    if (known === undefined || (isContextual && known.context !== context)) {
      known = { context, frequencies: [...rotaryFrequencies(settings, context), ...new Array<number>(stillPairs).fill(0)] };
    }
    return known.frequencies;
  }

  return (positions, contexts) => {
    const frequencies = typeof contexts === "number" ? frequenciesFor(contexts) : (row: number) => frequenciesFor(contexts[row] ?? 0);
    return {
      query: rotaryTables(positions, dHead, frequencies, queryGains),
      key: rotaryTables(positions, dHead, frequencies, keyGains),
    };
  };
}

/** What multiplies cos and sin, of queries and of keys, so scores by its square. */
function gainOf(scaling: RopeScaling): number {
  return scaling.kind === "yarn" || scaling.kind === "longrope" ? scaling.attentionFactor : 1;
}

import type { RotarySettings } from "@/lib/contract/architectures/rotary-settings";
import type { Rotary } from "@/server/engine/models/block";
import { rotaryTables } from "@/server/engine/tensor/attention";

/** Tables for the given positions and heads of dHead dimensions; the queries' are scaled by dHead^−½. */
export function rotaryOf(positions: Int32Array, dHead: number, frequencies: readonly number[]): Rotary {
  return { query: rotaryTables(positions, dHead, frequencies, dHead ** -0.5), key: rotaryTables(positions, dHead, frequencies) };
}

/** The dims / 2 inverse frequencies θ^(−2i/dims), stretched as the configuration's `rope_scaling` says. */
export function rotaryFrequencies({ theta, scaling, dims }: RotarySettings): number[] {
  const plain = Array.from({ length: dims / 2 }, (_, i) => theta ** ((-2 * i) / dims));
  switch (scaling.kind) {
    case "none":
      return plain;
    case "linear":
      return plain.map((frequency) => frequency / scaling.factor);
    case "llama3": {
      // As transformers' `_compute_llama3_parameters`: long waves are stretched, short ones kept, between them a ramp.
      const { factor, lowFrequencyFactor, highFrequencyFactor, originalContextLength } = scaling;
      return plain.map((frequency) => {
        const turns = (originalContextLength * frequency) / (2 * Math.PI);
        if (turns < lowFrequencyFactor) return frequency / factor;
        if (turns > highFrequencyFactor) return frequency;
        const kept = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
        return kept * frequency + (1 - kept) * (frequency / factor);
      });
    }
  }
}

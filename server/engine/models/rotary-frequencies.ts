import { rotaryTables } from "@/server/engine/tensor/attention";
import type { Rotary } from "./block";
import type { LlamaConfig } from "./config";

/** Tables for the given positions; the queries' are scaled by dHead^−½. */
export function rotaryOf(positions: Int32Array, config: LlamaConfig, frequencies: readonly number[]): Rotary {
  const { dHead } = config;
  return { query: rotaryTables(positions, dHead, frequencies, dHead ** -0.5), key: rotaryTables(positions, dHead, frequencies) };
}

/** The dHead / 2 inverse frequencies θ^(−2i/dHead), stretched as the configuration's `rope_scaling` says. */
export function rotaryFrequencies({ dHead, ropeTheta, ropeScaling }: LlamaConfig): number[] {
  const plain = Array.from({ length: dHead / 2 }, (_, i) => ropeTheta ** ((-2 * i) / dHead));
  switch (ropeScaling.kind) {
    case "none":
      return plain;
    case "linear":
      return plain.map((frequency) => frequency / ropeScaling.factor);
    case "llama3": {
      // As transformers' `_compute_llama3_parameters`: long waves are stretched, short ones kept, between them a ramp.
      const { factor, lowFrequencyFactor, highFrequencyFactor, originalContextLength } = ropeScaling;
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

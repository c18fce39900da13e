import type { RotarySettings } from "@/lib/contract/architectures/rotary-settings";

/**
 * The dims / 2 inverse frequencies θ^(−2i/dims), stretched as the configuration's `rope_scaling` says.
 *
 * @param context how many tokens a text may have: dynamic scaling and longrope depend on it
 */
export function rotaryFrequencies({ theta, scaling, dims }: RotarySettings, context: number): number[] {
  const ofBase = (base: number) => Array.from({ length: dims / 2 }, (_, i) => base ** ((-2 * i) / dims));
  const plain = ofBase(theta);
  switch (scaling.kind) {
    case "none":
      return plain;
    case "linear":
      return plain.map((frequency) => frequency / scaling.factor);
    case "dynamic": {
      const { factor, originalContextLength } = scaling;
      const stretch = (factor * Math.max(context, originalContextLength)) / originalContextLength - (factor - 1);
      return ofBase(theta * stretch ** (dims / (dims - 2)));
    }
    case "yarn": {
      // Peng et al. 2023: between the two dimensions a ramp from kept to stretched waves.
      const { factor, betaFast, betaSlow, isRampWhole, originalContextLength } = scaling;
      const dimensionOf = (turns: number) => (dims * Math.log(originalContextLength / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
      const [fast, slow] = [dimensionOf(betaFast), dimensionOf(betaSlow)];
      const from = Math.max(0, isRampWhole ? Math.floor(fast) : fast);
      const to = Math.min(dims - 1, isRampWhole ? Math.ceil(slow) : slow);
      const length = from === to ? 0.001 : to - from;
      return plain.map((frequency, i) => {
        const stretched = Math.min(1, Math.max(0, (i - from) / length));
        return stretched * (frequency / factor) + (1 - stretched) * frequency;
      });
    }
    case "longrope": {
      const factors = context > scaling.originalContextLength ? scaling.longFactors : scaling.shortFactors;
      // In float32 step by step, as the models' own code has it: at long positions the rounding shows.
      const { fround } = Math;
      return plain.map((_, i) => 1 / fround(fround(factors[i] ?? 1) * fround(theta ** fround((2 * i) / dims))));
    }
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

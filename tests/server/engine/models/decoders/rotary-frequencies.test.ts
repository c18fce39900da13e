import { describe, expect, it } from "vitest";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import type { GatedConfig } from "@/lib/contract/architectures/decoder-config";
import { parseModelConfig } from "@/lib/contract/architectures/parse-model-config";
import type { RotarySettings } from "@/lib/contract/architectures/rotary-settings";
import { rotaryFrequencies } from "@/server/engine/models/decoders/rotary-frequencies";
import { toyConfigs } from "@/tests/server/engine/toy";

function frequencies(more: RawModelConfig, context = 29): number[] {
  const { rotary } = parseModelConfig({ ...toyConfigs.llama, ...more }) as GatedConfig;
  return rotaryFrequencies(rotary[0] as RotarySettings, context);
}

describe("rotaryFrequencies", () => {
  const size = { head_dim: 8, rope_theta: 10_000 };

  it("falls by a fixed ratio, and linear scaling divides it", () => {
    expect(frequencies(size)).toEqual([1, 0.1, 0.01, 0.001].map((value) => expect.closeTo(value, 12)));
    expect(frequencies({ ...size, rope_scaling: { type: "linear", factor: 4 } })).toEqual(
      [0.25, 0.025, 0.0025, 0.00025].map((value) => expect.closeTo(value, 12)),
    );
  });

  it("keeps short waves, stretches long ones and ramps between, as Llama 3.1 does", () => {
    const scaling = { rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 1000 };
    // Turns within 1000 tokens: 159, 15.9, 1.59, 0.159. The third lies at (1.59 − 1) / 3 of the ramp.
    const kept = (10 / (2 * Math.PI) - 1) / 3;
    const wanted = [1, 0.1, kept * 0.01 + (1 - kept) * (0.01 / 8), 0.001 / 8];
    expect(frequencies({ ...size, rope_scaling: scaling })).toEqual(wanted.map((value) => expect.closeTo(value, 12)));
  });

  it("raises the base by the context that is asked for, once it is beyond the original one, where scaling is dynamic", () => {
    const rope_scaling = { type: "dynamic", factor: 2 };
    expect(frequencies({ ...size, rope_scaling }, 29)).toEqual(frequencies(size));
    // Twice the original context: 2 · 2 − 1 = 3, to the power 8 / 6.
    const base = 10_000 * 3 ** (8 / 6);
    expect(frequencies({ ...size, rope_scaling }, 58)).toEqual([0, 1, 2, 3].map((i) => expect.closeTo(base ** (-i / 4), 12)));
  });

  it("keeps the waves that turn often, stretches those that turn rarely and ramps between in yarn", () => {
    const rope_scaling = { type: "yarn", factor: 4, original_max_position_embeddings: 1000, beta_fast: 16, beta_slow: 1 };
    // 16 turns at dimension 1.0, one at 2.2: from 0 (the floor of 0.997) a ramp to 3.
    const ramp = [0, 1 / 3, 2 / 3, 1];
    const wanted = [1, 0.1, 0.01, 0.001].map((value, i) => ((ramp[i] ?? 0) * value) / 4 + (1 - (ramp[i] ?? 0)) * value);
    expect(frequencies({ ...size, rope_scaling })).toEqual(wanted.map((value) => expect.closeTo(value, 12)));
  });

  it("divides by the long factors in a context beyond the original one, in others by the short ones, in longrope", () => {
    const [short_factor, long_factor] = [
      [1, 1, 2, 4],
      [2, 3, 4, 5],
    ];
    const scaled = { ...size, original_max_position_embeddings: 20, rope_scaling: { type: "longrope", short_factor, long_factor } };
    expect(frequencies(scaled, 20)).toEqual([1, 0.1, 0.005, 0.00025].map((value) => expect.closeTo(value, 8)));
    expect(frequencies(scaled, 21)).toEqual([0.5, 0.1 / 3, 0.0025, 0.0002].map((value) => expect.closeTo(value, 8)));
  });
});

import { describe, expect, it } from "vitest";
import type { RawModelConfig } from "@/lib/contract/architectures/config-keys";
import type { GatedConfig } from "@/lib/contract/architectures/decoder-config";
import { parseModelConfig } from "@/lib/contract/architectures/parse-model-config";
import type { RotarySettings } from "@/lib/contract/architectures/rotary-settings";
import { rotaryFrequencies } from "@/server/engine/models/decoders/rotary-frequencies";
import { toyConfigs } from "@/tests/server/engine/toy";

function frequencies(more: RawModelConfig): number[] {
  const { rotary } = parseModelConfig({ ...toyConfigs.llama, ...more }) as GatedConfig;
  return rotaryFrequencies(rotary[0] as RotarySettings);
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
});

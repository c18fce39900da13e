import { rampColour, rampInk } from "@/components/plots/ramp";
import { shownAlone } from "@/lib/contract/token-bytes";
import { formatSignificant, notMeasured } from "@/lib/numbers/format";
import type { RankedLatent } from "./rank-latents";
import type { Shading } from "./text-address";
import { activationsOf, largestOf, sumsByToken } from "./token-sums";
import type { Reading } from "./use-reading";

export type ShadedText = {
  /** A value a token; null where there is none. */
  readonly values: readonly (number | null)[];
  /** Top of the scale. */
  readonly max: number;
  readonly ramp: "act" | "worse" | "kl";
  readonly isSigned: boolean;
  /** What a value is, with its unit. */
  readonly unit: string;
};

/** A latent whose activation colours the text, and the top of its scale. */
export type ShadingLatent = Pick<RankedLatent, "reading" | "index"> & { readonly max: number };

/** The values that shade the text, and the scale that they have. */
export function shadeText(reading: Reading, shading: Shading, latent: ShadingLatent | null): ShadedText {
  const count = reading.tokens.length;
  switch (shading) {
    case "loss": {
      const values = reading.tokens.map(({ loss }) => loss);
      return { values, max: largestOf(values.map((value) => value ?? 0)), ramp: "worse", isSigned: false, unit: "nats" };
    }
    case "attribution": {
      const values = [...sumsByToken(reading.readings, count, "attribution")];
      return { values, max: largestOf(values), ramp: "kl", isSigned: false, unit: "nats" };
    }
    case "outputShare": {
      const modules = Math.max(1, reading.readings.length);
      const values = [...sumsByToken(reading.readings, count, "outputShare")].map((sum) => sum / modules);
      return { values, max: largestOf(values), ramp: "kl", isSigned: false, unit: "a module" };
    }
    case "latent": {
      if (latent === null) return { values: reading.tokens.map(() => null), max: 0, ramp: "act", isSigned: false, unit: "" };
      const values = [...activationsOf(latent.reading, latent.index, count)];
      return { values, max: latent.max || largestOf(values), ramp: "act", isSigned: values.some((value) => value < 0), unit: "" };
    }
  }
}

/** Tokens with their colours and what they say when pointed at. */
export function shownTokens(reading: Reading, { values, max, ramp, unit }: ShadedText) {
  return reading.tokens.map((token, index) => {
    const value = values[index] ?? null;
    return {
      text: shownAlone(token),
      colour: value === null ? "transparent" : rampColour(value, max, ramp),
      ink: rampInk(value ?? 0, max, ramp),
      title: `token ${index + 1}: ${value === null ? notMeasured : `${formatSignificant(value)} ${unit}`.trim()}`,
    };
  });
}

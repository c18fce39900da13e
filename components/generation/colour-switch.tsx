"use client";
import type { LatentLooks } from "@/components/generation/strips/strips-of";
import { armNames, type Generation } from "@/components/generation/takes/generation";
import { RampKey } from "@/components/plots/ramp-key";
import { Select } from "@/components/ui/select";
import { formatSignificant } from "@/lib/numbers/format";
import styles from "./generation.module.css";
import { chosenKey, hasKlToBase, keyOf, klKey, noColourKey, type TextColour } from "./text-colour";

type ColourSwitchProps = Pick<LatentLooks, "nameOf"> & {
  readonly generation: Generation;
  readonly colour: TextColour | null;
  readonly onColoured: (key: string) => void;
};

/** What colours the text, and its scale; nothing where there is no choice. */
export function ColourSwitch({ generation, colour, onColoured, nameOf }: ColourSwitchProps) {
  const { watched } = generation;
  const hasKl = hasKlToBase(generation);
  if (!hasKl && watched.length === 0) return null;
  return (
    <span className={styles["colour"]}>
      <span className="small mid">Colour</span>
      <Select
        label="Colour by"
        value={chosenKey(generation, colour)}
        onValueChange={onColoured}
        options={[
          ...(hasKl ? [{ value: klKey, label: "KL to base" }] : []),
          ...watched.map((latent) => ({ value: keyOf(latent), label: `activation of ${nameOf(latent)}` })),
          { value: noColourKey, label: "nothing" },
        ]}
      />
      {colour !== null && (
        <RampKey
          ramp={colour.ramp}
          max={colour.by === "kl" ? `${colour.max} nats` : formatSignificant(colour.max)}
          isSigned={colour.by !== "kl" && hasNegative(generation, colour.by)}
        />
      )}
    </span>
  );
}

function hasNegative({ arms }: Generation, watched: number): boolean {
  return armNames.some((arm) => arms[arm]?.tokens.some(({ activations }) => (activations[watched] ?? 0) < 0));
}

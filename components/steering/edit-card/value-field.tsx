"use client";
import { useState } from "react";
import { fromUnit, inOtherUnits, toUnit, type UnitSizes, unitLabels, type ValueUnit, valueUnits } from "@/components/latents/value-unit";
import { ValueSlider } from "@/components/plots/value-slider";
import type { ValueEdit } from "@/components/steering/edit-change";
import styles from "@/components/steering/edits.module.css";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import type { LatentDetail } from "@/lib/contract/latent";
import { scaleOf, valueInWords } from "./value-scale";

type ValueFieldProps = {
  readonly edit: ValueEdit;
  /** The units that values are written in; a factor has none. */
  readonly unit: ValueUnit;
  readonly sizes: UnitSizes;
  readonly onUnit: (unit: ValueUnit) => void;
  readonly onValue: (value: number) => void;
};

const labels: { readonly [operation in ValueEdit["operation"]]: string } = {
  scale: "Factor",
  clamp: "Activation",
  minClamp: "At least",
  add: "Added",
};

/** The number, in the unit that the card is in. */
export function ValueField({ edit, unit, sizes, onUnit, onValue }: ValueFieldProps) {
  const isFactor = edit.operation === "scale";
  const shown = isFactor ? "raw" : unit;
  return (
    <>
      <span className={styles["number"]}>
        <NumberField
          key={`${edit.operation} ${shown}`}
          label={labels[edit.operation]}
          kind="real"
          value={toUnit(edit.value, shown, sizes)}
          onValueChange={(typed) => onValue(fromUnit(typed, shown, sizes))}
        />
      </span>
      {isFactor ? (
        <span className="small mid">× its own value</span>
      ) : (
        <Select<ValueUnit>
          label="Unit"
          value={shown}
          onValueChange={onUnit}
          options={valueUnits.map((one) => ({ value: one, label: unitLabels[one], isDisabled: sizes[one] === null }))}
        />
      )}
    </>
  );
}

type ValueLineProps = Pick<ValueFieldProps, "edit" | "unit" | "sizes" | "onValue"> & {
  readonly name: string;
  readonly detail: LatentDetail | undefined;
};

/** The line that the value moves on, over the latent's own activations, and under it what the value amounts to. */
export function ValueLine({ edit, unit, sizes, name, detail, onValue }: ValueLineProps) {
  const words = valueInWords(edit, detail);
  const others = edit.operation === "scale" ? [] : inOtherUnits(edit.value, unit, sizes).filter((text) => !words.startsWith(text));
  return (
    <>
      <ValueSlider
        {...scaleOf(edit, detail)}
        label={`${labels[edit.operation]} of ${name}`}
        value={edit.value}
        valueText={words}
        isOn={edit.isOn}
        onValue={onValue}
      />
      <p className="note">{[words, ...others].join(" · ")}</p>
    </>
  );
}

/** The unit that a card is in, for as long as it is there; raw where the latent does not have the one that was chosen. */
export function useValueUnit(sizes: UnitSizes): readonly [ValueUnit, (unit: ValueUnit) => void] {
  const [chosen, setChosen] = useState<ValueUnit>("raw");
  return [sizes[chosen] === null ? "raw" : chosen, setChosen];
}

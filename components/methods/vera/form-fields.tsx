"use client";
import { PowerSlider } from "@/components/methods/fields/power-slider";
import type { MethodFieldsProps } from "@/components/methods/form-method";
import { NumberField } from "@/components/ui/number-field";
import type { VeraFields } from "./form";

export function VeraSize({ form, change }: MethodFieldsProps<VeraFields>) {
  return (
    <PowerSlider
      label="Rank, r"
      field="adapter.rank"
      value={form.veraRank}
      maxPower={12}
      max={4096}
      onValueChange={(veraRank) => change({ veraRank })}
    />
  );
}

export function VeraAdvanced({ form, change }: MethodFieldsProps<VeraFields>) {
  return (
    <>
      <NumberField
        label="Initial λ_d"
        field="adapter.dInitial"
        kind="real"
        value={form.dInitial}
        onValueChange={(dInitial) => change({ dInitial })}
        hint="Default from PEFT: 0.1"
      />
      <NumberField
        label="Seed of A and B"
        field="adapter.projectionKey"
        value={form.projectionKey}
        min={0}
        onValueChange={(projectionKey) => change({ projectionKey })}
        hint="PEFT's projection_prng_key"
      />
    </>
  );
}

export function VeraVariants({ form, change }: MethodFieldsProps<VeraFields>) {
  return (
    <NumberField
      label="VeRA dropout, share"
      field="adapter.dropout"
      kind="real"
      value={form.veraDropout}
      min={0}
      max={0.99}
      onValueChange={(veraDropout) => change({ veraDropout })}
      hint="On the input of A, during training only"
    />
  );
}

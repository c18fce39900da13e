"use client";
import { PatternField } from "@/components/methods/fields/pattern-field";
import { PowerSlider } from "@/components/methods/fields/power-slider";
import type { MethodFieldsProps } from "@/components/methods/form-method";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import type { StanFields } from "./form";
import { SparsityField } from "./sparsity-field";

export function StanSize({ form, change }: MethodFieldsProps<StanFields>) {
  return (
    <>
      <PowerSlider
        label="Latents per module, M"
        field="adapter.numLatents"
        value={form.numLatents}
        maxPower={14}
        max={1 << 20}
        onValueChange={(numLatents) => change({ numLatents, k: Math.min(form.k, numLatents) })}
      />
      <PowerSlider
        label="Active per token, k"
        field="adapter.k"
        value={form.k}
        maxPower={Math.min(8, Math.floor(Math.log2(form.numLatents)))}
        max={form.numLatents}
        onValueChange={(k) => change({ k })}
      />
    </>
  );
}

export function StanAdvanced({ form, change }: MethodFieldsProps<StanFields>) {
  return (
    <>
      <Select
        label="Selection"
        field="adapter.selection"
        hasLabel
        value={form.selection}
        options={[
          { value: "signed", label: "signed: largest values, as in the paper" },
          { value: "relu", label: "relu: largest values, negatives set to 0" },
          { value: "abs", label: "abs: largest magnitudes" },
        ]}
        onValueChange={(selection) => change({ selection })}
      />
      <SparsityField value={form.sparsity} field="adapter.sparsity" onValueChange={(sparsity) => change({ sparsity })} />
      <Select
        label="Initial D"
        field="adapter.init"
        hasLabel
        value={form.init}
        options={[
          { value: "zero", label: "zero" },
          { value: "small", label: "small random" },
        ]}
        onValueChange={(init) => change({ init })}
      />
      <NumberField
        label="STAN alpha"
        field="adapter.alpha"
        kind="real"
        value={form.stanAlpha}
        onValueChange={(stanAlpha) => change({ stanAlpha })}
        hint="scaling = alpha / k"
      />
    </>
  );
}

export function StanVariants({ form, change }: MethodFieldsProps<StanFields>) {
  return (
    <div className="columns two">
      <PatternField
        label="Latents by module"
        field="adapter.latentsPattern"
        kind="size"
        pattern={form.latentsPattern}
        onPattern={(latentsPattern) => change({ latentsPattern })}
      />
      <PatternField
        label="k by module"
        field="adapter.kPattern"
        kind="size"
        pattern={form.kPattern}
        onPattern={(kPattern) => change({ kPattern })}
      />
    </div>
  );
}

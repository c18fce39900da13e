"use client";
import { PatternField } from "@/components/methods/fields/pattern-field";
import { PowerSlider } from "@/components/methods/fields/power-slider";
import type { MethodFieldsProps } from "@/components/methods/form-method";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { formatSetting } from "@/lib/numbers/format";
import { type LoraForm, rankOf } from "./form";

export function LoraSize({ form, change, isPaired }: MethodFieldsProps<LoraForm>) {
  const rank = rankOf(form, isPaired);
  if (!isPaired)
    return (
      <PowerSlider
        label="Rank, r"
        field="adapter.rank"
        value={form.ownRank}
        maxPower={8}
        max={4096}
        onValueChange={(ownRank) => change({ ownRank })}
      />
    );
  return (
    <div className="columns two">
      <Select
        label="Match LoRA rank on"
        hasLabel
        value={form.rankMatch}
        options={[
          { value: "active", label: "active parameters: r = k" },
          { value: "trained", label: "trained parameters: r = M" },
          { value: "own", label: "nothing: separate rank" },
        ]}
        onValueChange={(rankMatch) => change({ rankMatch })}
      />
      <NumberField
        label="Rank, r"
        field="adapter.rank"
        value={rank}
        min={1}
        max={4096}
        isDisabled={form.rankMatch !== "own"}
        onValueChange={(ownRank) => change({ ownRank })}
        hint={`alpha = ${formatSetting(rank * form.alphaOverRank)}`}
      />
    </div>
  );
}

export function LoraAdvanced({ form, change, isPaired }: MethodFieldsProps<LoraForm>) {
  return (
    <NumberField
      label="LoRA alpha / rank"
      field={isPaired ? "1.config.adapter.alpha" : "adapter.alpha"}
      kind="real"
      value={form.alphaOverRank}
      onValueChange={(alphaOverRank) => change({ alphaOverRank })}
    />
  );
}

export function LoraVariants({ form, change }: MethodFieldsProps<LoraForm>) {
  return (
    <>
      <Switch label="rsLoRA: scale by alpha / √rank" isOn={form.useRslora} onIsOnChange={(useRslora) => change({ useRslora })} />
      <Switch
        label="DoRA: train the magnitude of each output separately from its direction"
        isOn={form.useDora}
        onIsOnChange={(useDora) => change({ useDora })}
      />
      <div className="columns three">
        <NumberField
          label="LoRA dropout, share"
          field="adapter.dropout"
          kind="real"
          value={form.dropout}
          min={0}
          max={0.99}
          onValueChange={(dropout) => change({ dropout })}
          hint="On the input of A, during training only"
        />
      </div>
      <div className="columns two">
        <PatternField
          label="Rank by module"
          field="adapter.rankPattern"
          kind="size"
          pattern={form.rankPattern}
          onPattern={(rankPattern) => change({ rankPattern })}
        />
        <PatternField
          label="LoRA alpha by module"
          field="adapter.alphaPattern"
          kind="number"
          pattern={form.alphaPattern}
          onPattern={(alphaPattern) => change({ alphaPattern })}
        />
      </div>
    </>
  );
}

"use client";
import { X } from "lucide-react";
import { IconButton } from "@/components/ui/icon-button";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import type { ArmForm, ArmMethod, ExperimentForm } from "./experiment-form";
import styles from "./experiments.module.css";

const methods: { value: ArmMethod; label: string }[] = [
  { value: "stan", label: "STAN" },
  { value: "lora", label: "LoRA" },
  { value: "dora", label: "DoRA" },
];

type ArmFieldsProps = {
  arm: ArmForm;
  search: ExperimentForm["search"];
  targets: readonly string[];
  onArm: (changes: Partial<ArmForm>) => void;
  /** Null where two arms are left. */
  onRemove: (() => void) | null;
};

/** One side of the comparison, and what is tried of it. */
export function ArmFields({ arm, search, targets, onArm, onRemove }: ArmFieldsProps) {
  const isStan = arm.method === "stan";
  return (
    <fieldset className={`plain ${styles["arm"]}`} aria-label={`Arm ${arm.name}`}>
      <div className={styles["armhead"]}>
        <TextField label="Arm" value={arm.name} maxLength={40} onValueChange={(name) => onArm({ name })} />
        <Select label="Method" hasLabel value={arm.method} options={methods} onValueChange={(method) => onArm({ method })} />
        {onRemove ? (
          <IconButton label={`Remove the arm ${arm.name}`} onClick={onRemove}>
            <X size={14} aria-hidden="true" />
          </IconButton>
        ) : null}
      </div>
      <div className={styles["four"]}>
        <TextField
          label={isStan ? "Latents M" : "Rank"}
          value={arm.sizes}
          hint="Several with commas"
          onValueChange={(sizes) => onArm({ sizes })}
        />
        {isStan ? (
          <>
            <TextField label="k" value={arm.ks} hint="Each with each M" onValueChange={(ks) => onArm({ ks })} />
            <Select
              label="Selection"
              hasLabel
              value={arm.selection}
              options={[
                { value: "signed", label: "signed" },
                { value: "relu", label: "relu" },
                { value: "abs", label: "abs" },
              ]}
              onValueChange={(selection) => onArm({ selection })}
            />
          </>
        ) : (
          <NumberField
            label="alpha / rank"
            kind="real"
            value={arm.alphaOverRank}
            min={0}
            onValueChange={(alphaOverRank) => onArm({ alphaOverRank })}
          />
        )}
        <TextField
          label="Targets"
          value={arm.targets}
          placeholder={targets.join(", ")}
          onValueChange={(text) => onArm({ targets: text })}
        />
      </div>
      <div className={styles["four"]}>
        <Select
          label="Learning rates"
          hasLabel
          value={arm.rateKind}
          options={[
            { value: "range", label: "from – to" },
            { value: "list", label: "these" },
          ]}
          onValueChange={(rateKind) => onArm({ rateKind })}
        />
        {arm.rateKind === "list" ? (
          <TextField label="Values" value={arm.rates} placeholder="1e-3, 3e-3, 1e-2" onValueChange={(rates) => onArm({ rates })} />
        ) : (
          <>
            <NumberField label="From" kind="real" value={arm.low} min={0} onValueChange={(low) => onArm({ low })} />
            <NumberField label="To" kind="real" value={arm.high} min={0} onValueChange={(high) => onArm({ high })} />
            {search === "grid" ? (
              <NumberField
                label="Points"
                value={arm.count}
                min={2}
                max={32}
                hint="Even in the logarithm"
                onValueChange={(count) => onArm({ count })}
              />
            ) : null}
          </>
        )}
      </div>
    </fieldset>
  );
}

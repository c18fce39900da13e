"use client";
import { X } from "lucide-react";
import styles from "@/components/experiments/experiments.module.css";
import { armMethodNames, armMethodOf } from "@/components/methods/arms";
import { IconButton } from "@/components/ui/icon-button";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { TextField } from "@/components/ui/text-field";
import { isAnswerTask, type RunTask } from "@/lib/contract/tasks/tasks";
import { type ArmForm, withMethod } from "./arm-form";
import type { ExperimentForm } from "./experiment-form";

type ArmFieldsProps = {
  arm: ArmForm;
  /** Its path in the request: `arms.0`. */
  place: string;
  search: ExperimentForm["search"];
  task: RunTask;
  targets: readonly string[];
  onArm: (changes: Partial<ArmForm>) => void;
  /** Null if only two arms are left. */
  onRemove: (() => void) | null;
};

/** One arm and its search space. */
export function ArmFields({ arm, place, search, task, targets, onArm, onRemove }: ArmFieldsProps) {
  const methods = armMethodNames.filter((method) => isAnswerTask(task) || !armMethodOf({ method }).isOfEncoders);
  return (
    <fieldset className={`plain stack fit ${styles["arm"]}`} aria-label={`Arm ${arm.name}`}>
      <div className={`columns ${styles["armhead"]}`}>
        <TextField label="Arm" field={`${place}.name`} value={arm.name} maxLength={40} onValueChange={(name) => onArm({ name })} />
        <Select
          label="Method"
          field={`${place}.adapters`}
          hasLabel
          value={arm.method}
          options={methods.map((value) => ({ value, label: armMethodOf({ method: value }).name }))}
          onValueChange={(method) => onArm(withMethod(arm, method))}
        />
        {onRemove ? (
          <IconButton label={`Remove arm ${arm.name}`} onClick={onRemove}>
            <X size={14} aria-hidden="true" />
          </IconButton>
        ) : null}
      </div>
      <SizeFields place={place} arm={arm} targets={targets} onArm={onArm} />
      <RateFields place={place} arm={arm} search={search} onArm={onArm} />
    </fieldset>
  );
}

function SizeFields({ arm, place, targets, onArm }: Pick<ArmFieldsProps, "arm" | "place" | "targets" | "onArm">) {
  const { Sizes, targets: otherwise, note } = armMethodOf(arm);
  return (
    <>
      {otherwise === "none" ? null : (
        <div className="columns three">
          <Sizes arm={arm} place={place} onArm={onArm} />
          <TextField
            label="Targets"
            field={`${place}.targets`}
            value={arm.targets}
            placeholder={otherwise === "all" ? "all projections" : targets.join(", ")}
            hint="Separate sets with ;"
            onValueChange={(text) => onArm({ targets: text })}
          />
        </div>
      )}
      {note === "" ? null : <p className="note">{note}</p>}
    </>
  );
}

function RateFields({ arm, place, search, onArm }: Pick<ArmFieldsProps, "arm" | "place" | "search" | "onArm">) {
  return (
    <div className="columns four">
      <Select
        label="Learning rates"
        field={`${place}.learningRates`}
        hasLabel
        value={arm.rateKind}
        options={[
          { value: "range", label: "range" },
          { value: "list", label: "list" },
        ]}
        onValueChange={(rateKind) => onArm({ rateKind })}
      />
      {arm.rateKind === "list" ? (
        <TextField
          label="Values"
          field={`${place}.learningRates.values`}
          value={arm.rates}
          placeholder="1e-3, 3e-3, 1e-2"
          onValueChange={(rates) => onArm({ rates })}
        />
      ) : (
        <>
          <NumberField
            label="From"
            field={`${place}.learningRates.low`}
            kind="real"
            value={arm.low}
            min={0}
            onValueChange={(low) => onArm({ low })}
          />
          <NumberField
            label="To"
            field={`${place}.learningRates.high`}
            kind="real"
            value={arm.high}
            min={0}
            onValueChange={(high) => onArm({ high })}
          />
          {search === "grid" ? (
            <NumberField
              label="Points"
              field={`${place}.learningRates.count`}
              value={arm.count}
              min={2}
              max={32}
              hint="Log-spaced"
              onValueChange={(count) => onArm({ count })}
            />
          ) : null}
        </>
      )}
    </div>
  );
}

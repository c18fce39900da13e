"use client";
import { chosenMethods, formMethodOf } from "@/components/methods/forms";
import { NumberField } from "@/components/ui/number-field";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import styles from "./new-run.module.css";
import type { SectionProps } from "./section";

/** Settings with good defaults. */
export function AdvancedFields({ form, change }: SectionProps) {
  const { training } = form;
  const chosen = chosenMethods(form);
  const microBatchNotes = chosen.flatMap((method) => formMethodOf({ method }).microBatchNote?.(form) ?? []);
  const train = (changes: Partial<typeof training>) => change({ training: { ...training, ...changes } });
  return (
    <div className={`stack gap-12 ${styles["advanced"]}`}>
      <div className="columns three">
        <Select
          label="Schedule"
          field="training.schedule"
          hasLabel
          value={training.schedule}
          options={[
            { value: "cosine", label: "cosine to 0" },
            { value: "linear", label: "linear to 0" },
            { value: "constant", label: "constant" },
          ]}
          onValueChange={(schedule) => train({ schedule })}
        />
        <NumberField
          label="Warm-up, share"
          field="training.warmupFraction"
          kind="real"
          value={training.warmupFraction}
          min={0}
          max={1}
          onValueChange={(warmupFraction) => train({ warmupFraction })}
        />
        <NumberField
          label="Weight decay"
          field="training.weightDecay"
          kind="real"
          value={training.weightDecay}
          min={0}
          onValueChange={(weightDecay) => train({ weightDecay })}
        />
        <NumberField
          label="Clip gradient norm"
          field="training.clipNorm"
          kind="real"
          value={training.clipNorm ?? 0}
          min={0}
          onValueChange={(clipNorm) => train({ clipNorm: clipNorm === 0 ? null : clipNorm })}
          hint="0: no clipping"
        />
        <NumberField
          label="Adam β₁"
          field="training.beta1"
          kind="real"
          value={training.beta1}
          min={0}
          max={0.9999}
          onValueChange={(beta1) => train({ beta1 })}
        />
        <NumberField
          label="Adam β₂"
          field="training.beta2"
          kind="real"
          value={training.beta2}
          min={0}
          max={0.999999}
          onValueChange={(beta2) => train({ beta2 })}
        />
        <NumberField
          label="Micro-batch, rows"
          field="training.microBatchRows"
          value={training.microBatchRows ?? 0}
          min={0}
          max={training.batchRows}
          onValueChange={(rows) => train({ microBatchRows: rows === 0 ? null : rows })}
          hint={["0: the whole batch", ...microBatchNotes].join(". ")}
        />
        <NumberField
          label="Evaluate every, steps"
          field="training.evaluateEvery"
          value={training.evaluateEvery}
          min={0}
          onValueChange={(evaluateEvery) => train({ evaluateEvery })}
          hint="0: only at the end"
        />
        <NumberField
          label="Evaluation rows"
          field="training.evaluationRows"
          value={training.evaluationRows}
          min={0}
          onValueChange={(evaluationRows) => train({ evaluationRows })}
        />
        <NumberField
          label="Checkpoint every, steps"
          field="training.checkpointEvery"
          value={training.checkpointEvery}
          min={1}
          onValueChange={(checkpointEvery) => train({ checkpointEvery })}
        />
        {chosen.map((method) => {
          const { Advanced } = formMethodOf({ method });
          return <Advanced key={method} form={form} change={change} isPaired={chosen.length > 1} />;
        })}
      </div>
      <Switch label="Shuffle the rows" isOn={training.shuffle} onIsOnChange={(shuffle) => train({ shuffle })} />
      <div className="stack gap-4">
        <Switch
          label="Gradient checkpointing"
          isOn={training.recomputeBlocks === true}
          onIsOnChange={(isOn) => train({ recomputeBlocks: isOn ? true : undefined })}
        />
        <span className="small dim">
          Recomputes each block in the backward pass: the same numbers in less memory, for one more forward pass a step.
        </span>
      </div>
    </div>
  );
}

"use client";
import { NumberField } from "@/components/ui/number-field";
import { type RunTask, tasks } from "@/lib/contract/tasks/tasks";

type Settings = Extract<RunTask, { kind: "denoising" }>;
type DenoisingFieldsProps = { readonly task: Settings; readonly onTask: (task: Settings) => void };

const { initial } = tasks.denoising;

/** How a diffusion model is told classes, and at how many time steps held-out images are evaluated. */
export function DenoisingFields({ task, onTask }: DenoisingFieldsProps) {
  return (
    <div className="columns two">
      <NumberField
        label="Class withheld, share of images"
        field="task.classDropout"
        kind="real"
        value={task.classDropout}
        min={0}
        max={1}
        onValueChange={(classDropout) => onTask({ ...task, classDropout })}
        hint="For guidance when sampling; a tenth as in DiT"
      />
      <NumberField
        label="Time steps per held-out image"
        field="task.evaluationDraws"
        value={task.evaluationDraws}
        min={1}
        max={1000}
        onValueChange={(evaluationDraws) => onTask({ ...task, evaluationDraws })}
        hint={`Evenly spread; our default: ${initial.evaluationDraws}`}
      />
    </div>
  );
}

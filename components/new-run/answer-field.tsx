"use client";
import { Segmented } from "@/components/ui/segmented";
import type { RunTask } from "@/lib/contract/tasks/tasks";

type AnswerFieldProps = { task: RunTask; onTask: (task: RunTask) => void };

/** Whether an encoder's labels are classes or numbers. */
export function AnswerField({ task, onTask }: AnswerFieldProps) {
  const names = task.kind === "classification" ? task.labels : null;
  return (
    <div className="field">
      <span className="lab">Labels are</span>
      <span className="row">
        <Segmented
          label="Labels are"
          value={task.kind === "regression" ? "regression" : "classification"}
          options={[
            { value: "classification", label: "classes" },
            { value: "regression", label: "numbers" },
          ]}
          onValueChange={(kind) => onTask(kind === "regression" ? { kind } : { kind, labels: null })}
        />
      </span>
      <p className="note">
        {task.kind === "regression"
          ? "The head predicts a number and is trained on squared error, together with the adapter. Both are saved."
          : `The head predicts ${names === null ? "the classes of the training rows" : names.join(", ")}. It is trained and saved with the adapter.`}
      </p>
    </div>
  );
}

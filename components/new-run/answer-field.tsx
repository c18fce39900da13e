"use client";
import { Segmented } from "@/components/ui/segmented";
import { headNote, type RunTask, taskKind, tasks } from "@/lib/contract/tasks/tasks";

type AnswerFieldProps = { task: RunTask; onTask: (task: RunTask) => void };

const options = taskKind.options.flatMap((value) => {
  const { answers } = tasks[value];
  return answers === null ? [] : [{ value, label: answers }];
});

/** Whether an encoder's labels are classes or numbers. */
export function AnswerField({ task, onTask }: AnswerFieldProps) {
  return (
    <div className="field">
      <span className="lab">Labels are</span>
      <span className="row">
        <Segmented label="Labels are" value={task.kind} options={options} onValueChange={(kind) => onTask(tasks[kind].initial)} />
      </span>
      <p className="note">{headNote(task)}</p>
    </div>
  );
}

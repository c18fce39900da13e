import { type TaskKind, tasks } from "@/lib/contract/tasks/tasks";

/** `nats per row`; of a loss that is its own unit, how it is averaged. */
export function lossUnit(task: TaskKind): string {
  const { name, unit, per } = tasks[task].loss;
  return name === unit ? "mean over rows" : `${unit} per ${per}`;
}

/** `cross-entropy, nats per row` */
export function lossAxis(task: TaskKind): string {
  return `${tasks[task].loss.name}, ${lossUnit(task)}`;
}

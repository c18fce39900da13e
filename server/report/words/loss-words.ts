import { type TaskKind, tasks } from "@/lib/contract/tasks/tasks";

/** `nats a row`; of a loss that is its own unit, how it is averaged. */
export function lossUnit(task: TaskKind): string {
  const { name, unit, per } = tasks[task].loss;
  return name === unit ? "mean over rows" : `${unit} a ${per}`;
}

/** `cross-entropy, nats a row` */
export function lossAxis(task: TaskKind): string {
  return `${tasks[task].loss.name}, ${lossUnit(task)}`;
}

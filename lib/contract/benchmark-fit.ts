import { askedOfTask, benchmarkTasks, classesAsked } from "@/lib/contract/tasks/benchmark-tasks";
import { type RunTask, tasks } from "@/lib/contract/tasks/tasks";
import type { BenchmarkTask } from "./benchmark-task";
import { type ColumnMapping, imageColumnOf } from "./data-set";

/** What a run gives of an input. */
export type RunAbility = {
  readonly name: string;
  readonly kind: RunTask["kind"];
  /** Names of the classes that its head tells apart; undefined where it has none, or they are not known yet. */
  readonly classes: readonly string[] | undefined;
  readonly readsImages: boolean;
};

const mostNamed = 5;

/** Whether runs of a task can be asked what a benchmark asks; its classes may still be none of a run's. */
export function isAskedOf(kind: RunTask["kind"], task: BenchmarkTask): boolean {
  return askedOfTask[kind].includes(task.kind);
}

type Asked = { readonly name: string; readonly task: BenchmarkTask; readonly rows: { readonly mapping: ColumnMapping } };

/** Why a run cannot be measured on a benchmark, and what to do instead; undefined where it can. */
export function measuringObstacle(run: RunAbility, benchmark: Asked): string | undefined {
  const { name, task, rows } = benchmark;
  const { asks, isLabelled } = benchmarkTasks[task.kind];
  const { continuesText, answers } = tasks[run.kind];
  if (!isAskedOf(run.kind, task)) {
    if (continuesText)
      return `${run.name} generates text and has no head, and ${name} asks for ${asks}: measure runs of encoders on it, and this one on losses, completions or choices.`;
    const gives = isLabelled ? `gives ${answers}` : "is a run of an encoder, which does not generate text";
    return `${run.name} ${gives}, and ${name} asks for ${asks}: add a benchmark of ${answers} for it.`;
  }
  const isOfImages = imageColumnOf(rows.mapping) !== undefined;
  if (run.readsImages !== isOfImages) {
    const [reads, has] = run.readsImages ? ["images", "texts"] : ["texts", "images"];
    return `${run.name} reads ${reads}, and the rows of ${name} are ${has}: measure runs on it that read ${has}, or add a benchmark of ${reads}.`;
  }
  const wanted = classesAsked(task);
  const { classes } = run;
  if (wanted === null || classes === undefined) return undefined;
  const unknown = wanted.filter((label) => !classes.includes(label));
  if (unknown.length === 0) return undefined;
  return `${name} has the ${unknown.length === 1 ? "class" : "classes"} ${listed(unknown)}, which ${run.name} cannot predict; its classes are ${listed(classes)}. Measure runs that were trained on these classes, or add a benchmark whose labels are among the run's.`;
}

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

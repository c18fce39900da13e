import { asksForAnswers, type BenchmarkTask } from "./benchmark-task";
import type { RunTask } from "./run-config";

/** What a run gives of a text. */
export type RunAbility = {
  readonly name: string;
  readonly kind: RunTask["kind"];
  /** Names of the classes that its head tells apart; undefined where it has none, or they are not known yet. */
  readonly classes: readonly string[] | undefined;
};

const mostNamed = 5;

/** Whether runs of a task can be asked what a benchmark asks; its classes may still be none of a run's. */
export function isAskedOf(kind: RunTask["kind"], task: BenchmarkTask): boolean {
  return kind === (asksForAnswers(task) ? task.kind : "languageModel");
}

/** Why a run cannot be measured on a benchmark, and what to do instead; undefined where it can. */
export function measuringObstacle(run: RunAbility, benchmark: { readonly name: string; readonly task: BenchmarkTask }): string | undefined {
  const { name, task } = benchmark;
  if (!asksForAnswers(task)) {
    if (run.kind === "languageModel") return undefined;
    return `${run.name} is a run of an encoder, which continues no text, and ${name} asks for ${askedOf(task)}: add a benchmark of ${run.kind === "regression" ? "numbers" : "classes"} for it.`;
  }
  if (run.kind === "languageModel")
    return `${run.name} continues text and has no head, and ${name} asks for ${askedOf(task)}: measure runs of encoders on it, and this one on losses, completions or choices.`;
  if (run.kind !== task.kind)
    return `${run.name} gives ${run.kind === "regression" ? "numbers" : "classes"}, and ${name} asks for ${askedOf(task)}: add a benchmark of ${run.kind === "regression" ? "numbers" : "classes"} for it.`;
  if (task.kind === "regression") return undefined;
  const { classes } = run;
  if (classes === undefined) return undefined;
  const unknown = (task.classes ?? []).filter((label) => !classes.includes(label));
  if (unknown.length === 0) return undefined;
  return `${name} has the ${unknown.length === 1 ? "class" : "classes"} ${listed(unknown)}, which ${run.name} does not tell apart; its classes are ${listed(classes)}. Measure runs that were trained on these classes, or add a benchmark whose labels are among the run's.`;
}

function askedOf({ kind }: BenchmarkTask): string {
  switch (kind) {
    case "languageModel":
      return "the loss of text";
    case "completion":
      return "completions";
    case "choice":
      return "choices among continuations";
    case "classification":
      return "a class of each row";
    case "regression":
      return "a number of each row";
  }
}

function listed(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

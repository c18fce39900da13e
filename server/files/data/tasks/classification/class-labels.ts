import { classMetricName } from "@/lib/contract/benchmark-names";
import type { AskedOf } from "@/lib/contract/tasks/benchmark";
import type { AnswerTask } from "@/lib/contract/tasks/tasks";
import type { GlueTask } from "@/lib/numbers/metrics/glue-tasks";
import { byNumberOrName, planClasses } from "@/server/files/data/label-plan";
import { glueMetricOf, type TaskLabels, type WrittenLabel } from "@/server/files/data/tasks/task-labels";

/** Of a class's name, in UTF-16 code units. */
const longestClass = 400;
const mostClasses = 1000;

/** Names of classes. */
export const classLabels: TaskLabels<Extract<AnswerTask, { kind: "classification" }>, AskedOf<"classification">> = {
  check: (path, labels, task) => planClasses(path, labels, task.labels),
  settle(task, labels, glue) {
    const classes = classesOf(task.classes, labels, glue);
    const metric = task.metric ?? glueMetricOf(glue, classMetricName) ?? "accuracy";
    if (metric === "f1" && classes.length > 2) throw new Error(`F1 needs two classes, and these rows have ${classes.length}: use macro F1`);
    return { ...task, classes, metric };
  },
};

/** The classes in the order of their numbers. @throws Error for labels that are no classes, or none of those wanted */
function classesOf(given: readonly string[] | null, labels: readonly WrittenLabel[], glue: GlueTask | undefined): string[] {
  const found = [...new Set(labels.map(({ label }) => label))].sort(byNumberOrName);
  const [long] = found.filter((label) => label.length > longestClass);
  if (long !== undefined || found.length > mostClasses)
    throw new Error(
      `the label column holds ${found.length} different values, ${long === undefined ? `more than ${mostClasses}` : "some of them text"}: map a column of classes, or choose regression`,
    );
  const wanted = given ?? wantedBy(glue, found);
  const stranger = labels.find(({ label }) => wanted !== undefined && !wanted.includes(label));
  if (wanted !== undefined && stranger !== undefined)
    throw new Error(
      `row ${stranger.row} has the label ${JSON.stringify(stranger.label)}, which is not one of the classes ${wanted.join(", ")}`,
    );
  if (wanted !== undefined && new Set(wanted).size < wanted.length) throw new Error(`a class is named twice: ${wanted.join(", ")}`);
  if (found.length < 2) throw new Error(`all rows have the class ${JSON.stringify(found[0] ?? "")}: there is nothing to classify`);
  return [...(wanted ?? found)];
}

/** GLUE's classes as these rows write them: by number, or by name. */
function wantedBy(glue: GlueTask | undefined, found: readonly string[]): string[] | undefined {
  if (glue === undefined) return undefined;
  const names = glue.target.kind === "classes" ? glue.target.names : [];
  return found.some((label) => names.includes(label)) ? [...names] : names.map((_, number) => String(number));
}

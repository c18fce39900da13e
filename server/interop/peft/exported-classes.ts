import { existsSync } from "node:fs";
import { join } from "node:path";
import { namedClasses, type RunTask, tasks } from "@/lib/contract/tasks/tasks";
import { weightsName } from "@/server/files/adapters/adapter-folder";
import { fullWeightsName } from "@/server/files/adapters/full-folder";
import { readLabelNames } from "@/server/files/adapters/label-names";
import { openSafetensors } from "@/server/files/weights/safetensors";
import type { Classes } from "./model-card-usage";

const weightFiles = [weightsName, fullWeightsName];
const scores = /(?:^|\.)classifier(?:\.out_proj)?\.weight$/;

/**
 * The classes of a run's folder: their names if given, else their number by the head's scores; undefined if it is not a classifier.
 *
 * @throws FileError when a file is damaged
 */
export function exportedClasses(folder: string, task: RunTask): Classes | undefined {
  if (tasks[task.kind].answers !== "classes") return undefined;
  const named = readLabelNames(folder) ?? namedClasses(task);
  if (named !== null) return named;
  const path = weightFiles.map((name) => join(folder, name)).find((file) => existsSync(file));
  if (path === undefined) return undefined;
  const file = openSafetensors(path);
  try {
    const head = file.names().find((name) => scores.test(name));
    return head === undefined ? undefined : file.shape(head)[0];
  } finally {
    file.close();
  }
}

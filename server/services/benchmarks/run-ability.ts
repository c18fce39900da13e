import type { RunAbility } from "@/lib/contract/benchmark-fit";
import { storedRunConfig } from "@/lib/contract/run-config";
import { namedClasses, taskOf, tasks } from "@/lib/contract/tasks/tasks";
import type { RunRow } from "@/server/db/runs/runs";
import { readLabelNames } from "@/server/files/adapters/label-names";
import type { ServiceContext } from "@/server/services/context";
import { withFileErrors } from "@/server/services/errors";
import { findAdapterFolder } from "@/server/services/runs/adapter-folder";
import { readsImages } from "@/server/services/runs/demand-text";

/** What a run gives of an input, for holding it against a benchmark. */
export async function runAbility(context: ServiceContext, run: Pick<RunRow, "id" | "name" | "config">): Promise<RunAbility> {
  const task = taskOf(storedRunConfig.parse(run.config));
  const about = { name: run.name, kind: task.kind, readsImages: readsImages(run) };
  if (tasks[task.kind].answers !== "classes") return { ...about, classes: undefined };
  const folder = await findAdapterFolder(context, run.id);
  const saved = folder === undefined ? undefined : await withFileErrors(() => readLabelNames(folder));
  return { ...about, classes: saved ?? namedClasses(task) ?? undefined };
}

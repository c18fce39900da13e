import { readLabelNames } from "@/server/files/adapters/label-names";
import type { LoadedTop } from "@/server/runtime/models/loaded-top";

/** Names of a head's classes: those beside it, or their numbers; undefined where its scores are not of classes, or there is none. */
export function classNames(folder: string, { classifier }: Pick<LoadedTop, "classifier">): readonly string[] | undefined {
  if (classifier === undefined || !classifier.task.hasClasses) return undefined;
  return readLabelNames(folder) ?? Array.from({ length: classifier.model.numLabels }, (_, number) => String(number));
}

import { readLabelNames } from "@/server/files/adapters/label-names";
import type { LoadedTop } from "@/server/runtime/models/loaded-top";

/** Names of a head's classes: those beside it, or their numbers; undefined where it gives a number, or there is none. */
export function classNames(folder: string, { classifier }: Pick<LoadedTop, "classifier">): readonly string[] | undefined {
  const numLabels = classifier?.model.numLabels ?? 1;
  if (numLabels === 1) return undefined;
  return readLabelNames(folder) ?? Array.from({ length: numLabels }, (_, number) => String(number));
}

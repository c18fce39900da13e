import type { Labels } from "./answer-task";

/** A class's name; its number stands for a name that is not known. */
export function classLabel(labels: Labels, place: number): string {
  return labels?.[place] ?? String(place);
}

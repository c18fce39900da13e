import { createLoader, parseAsString } from "nuqs/server";
import { isMeasure, type StudySummary } from "@/lib/contract/study";

/** The measure that is shown; empty where none is, absent at first. */
export const openMeasure = { measure: parseAsString };

export const loadOpenMeasure = createLoader(openMeasure);

/** A run's measures, newest first. */
export function measuresOf(studies: readonly StudySummary[]): StudySummary[] {
  return studies.filter((study) => isMeasure(study));
}

/** The id of the measure to show: the address's, else the newest. */
export function measureToShow(inAddress: string | null, measures: readonly Pick<StudySummary, "id">[]): string | undefined {
  return inAddress === null ? measures[0]?.id : measures.find(({ id }) => id === inAddress)?.id;
}

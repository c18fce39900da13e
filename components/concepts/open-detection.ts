import { createLoader, parseAsString } from "nuqs/server";
import type { DetectionSummary } from "@/lib/contract/detection";

/** The detection that is shown; empty where none is, absent at first. */
export const openDetection = { detection: parseAsString };

export const loadOpenDetection = createLoader(openDetection);

/** The id of the detection to show: the address's, else the newest. */
export function detectionToShow(inAddress: string | null, detections: readonly Pick<DetectionSummary, "id">[]): string | undefined {
  return inAddress === null ? detections[0]?.id : detections.find(({ id }) => id === inAddress)?.id;
}

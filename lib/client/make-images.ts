import { type ImageEvent, imageEvent, type MakeImagesInput } from "@/lib/contract/make-images";
import { readLines } from "./read-text";

/** Makes images with a run and tells each event as it comes. Aborting the signal stops the worker too. @throws RequestFailure as `readText` */
export function makeImages(
  runId: string,
  body: MakeImagesInput,
  onEvent: (event: ImageEvent) => void,
  signal?: AbortSignal,
): Promise<void> {
  return readLines(runId, "images", body, (line) => onEvent(imageEvent.parse(line)), signal);
}

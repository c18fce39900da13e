import type { ReadPictureInput } from "@/lib/contract/read-picture";
import type { TextEvent } from "@/lib/contract/read-text";
import { readEvents } from "./read-text";

/** Reads a picture as `readText` reads a text: first its patches and what is predicted, then module by module what fires. @throws RequestFailure as it */
export function readPicture(
  runId: string,
  body: ReadPictureInput,
  onEvent: (event: TextEvent) => void,
  signal?: AbortSignal,
): Promise<void> {
  return readEvents(runId, "picture", body, onEvent, signal);
}

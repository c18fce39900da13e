import type { TaskInput } from "@/server/db/work/task-input";
import { artefactStore } from "@/server/files/artefact-store";
import { ownedKey } from "@/server/files/owned-key";

/** Removes the upload that a task was to take in, once nothing needs it: it is read, or the task has failed or was cancelled. A person's own files stay. */
export function removeUpload(dataFolder: string, input: TaskInput): void {
  if (!("isOwned" in input) || !input.isOwned) return;
  const key = ownedKey(dataFolder, input.path);
  if (key !== undefined) artefactStore(dataFolder).delete(key);
}

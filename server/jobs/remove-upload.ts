import type { JobInput } from "@/server/db/work/job-input";
import { artefactStore } from "@/server/files/artefact-store";
import { ownedKey } from "@/server/files/owned-key";

/** Removes the upload that a job was to take in, once nothing needs it: it is read, or the job has failed or was cancelled. A person's own files stay. */
export function removeUpload(dataFolder: string, input: JobInput): void {
  if (!("isOwned" in input) || !input.isOwned) return;
  const key = ownedKey(dataFolder, input.path);
  if (key !== undefined) artefactStore(dataFolder).delete(key);
}

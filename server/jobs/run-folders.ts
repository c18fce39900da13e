import { artefactStore } from "@/server/files/artefact-store";

export type RunFolders = {
  /** The trained adapter in PEFT layout. */
  readonly adapter: string;
  readonly checkpoint: string;
};

/** Where a run's files lie in the data folder. */
export function runFolders(dataFolder: string, runId: string): RunFolders {
  const store = artefactStore(dataFolder);
  return { adapter: store.path(`runs/${runId}/adapter`), checkpoint: store.path(`runs/${runId}/checkpoint`) };
}

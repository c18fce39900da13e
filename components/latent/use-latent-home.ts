"use client";
import { useQuery } from "@tanstack/react-query";
import { chosenCollection } from "@/components/collections/chosen-collection";
import type { LatentHome } from "@/components/latents/latent-home";
import { collectionQueryOptions, collectionsQuery } from "@/lib/client/latents";
import { runRecordQuery } from "@/lib/client/runs";
import type { CollectionSummary } from "@/lib/contract/latent";
import { isDenseMethod, nounsOf } from "@/lib/contract/methods/methods";
import type { TaskKind } from "@/lib/contract/tasks/tasks";
import { lossKindOf } from "./loss-words";

type HomeState = {
  /** The collection that is looked at; null until it is read, and where there is none. */
  readonly collection: CollectionSummary | null;
  readonly isRead: boolean;
  /** Why it could not be read; null once it was. */
  readonly error: Error | null;
  /** What a latent is called: a LoRA run's are rank components. */
  readonly noun: "latent" | "component";
  /** Whether its latents fire everywhere, so that the signs of their activations are shown in place of firings. */
  readonly isDense: boolean;
  readonly loss: TaskKind;
  readonly again: () => Promise<unknown>;
};

/** The collection of a run that a link names, or the dictionary itself. */
export function useLatentHome(home: LatentHome, wanted: string | null): HomeState {
  const isRun = home.kind === "run";
  const runId = isRun ? home.runId : "";
  const collections = useQuery({ ...collectionsQuery(runId), enabled: isRun });
  const run = useQuery({ ...runRecordQuery(runId), enabled: isRun });
  const dictionary = useQuery({ ...collectionQueryOptions(isRun ? "" : home.collectionId), enabled: !isRun });
  if (isRun) {
    return {
      collection: collections.data === undefined ? null : chosenCollection(collections.data, wanted),
      isRead: collections.data !== undefined,
      error: collections.data === undefined ? collections.error : null,
      noun: run.data === undefined ? "latent" : nounsOf(run.data.run.method).noun,
      isDense: run.data !== undefined && isDenseMethod(run.data.run.method),
      loss: lossKindOf(run.data),
      again: collections.refetch,
    };
  }
  return {
    collection: dictionary.data === undefined ? null : chosenCollection([dictionary.data], null),
    isRead: dictionary.data !== undefined,
    error: dictionary.data === undefined ? dictionary.error : null,
    noun: "latent",
    isDense: false,
    loss: lossKindOf(undefined),
    again: dictionary.refetch,
  };
}

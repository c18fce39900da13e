"use client";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { Generation } from "./generation";
import { GenerationStore } from "./generation-store";
import { noTakes, showTake, type Takes } from "./takes";

/** What a page generates with one run; leaving the page ends it. */
export function useGenerationStore(runId: string, onKept: () => void): GenerationStore {
  const [store] = useState(() => new GenerationStore(runId, onKept));
  useEffect(() => store.stop, [store]);
  return store;
}

/** Draws with every token: all that this visit has generated. */
export function useTakes(store: GenerationStore): Takes {
  return useSyncExternalStore(store.subscribe, store.takes, () => noTakes);
}

/** Draws with every token: the generation that is shown. */
export function useGeneration(store: GenerationStore): Generation {
  return showTake(useTakes(store));
}

/** A part of what is shown, which is the same from token to token: draws only when it changes. */
export function useGenerationPart<Part extends keyof Omit<Generation, "arms">>(store: GenerationStore, part: Part): Generation[Part] {
  return useSyncExternalStore(
    store.subscribe,
    () => showTake(store.takes())[part],
    () => showTake(noTakes)[part],
  );
}

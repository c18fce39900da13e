"use client";
import { useCallback, useMemo, useState } from "react";
import type { QueryReading } from "@/components/ui/query-state";
import type { LatentRef } from "@/lib/contract/edit";

export type LatentSelectionState = {
  /** In the order in which they were chosen. */
  readonly latents: readonly LatentRef[];
  readonly has: (latent: LatentRef) => boolean;
  readonly toggle: (latent: LatentRef) => void;
  /** Adds latents to the selection once they have been read. */
  readonly addLater: (read: () => Promise<readonly LatentRef[]>) => void;
  /** What could not be read, and how to read it again. */
  readonly failed: QueryReading<never> | null;
  readonly clear: () => void;
};

/** Which latents are chosen. They stay so while the table scrolls, sorts and filters. */
export function useLatentSelection(): LatentSelectionState {
  const [chosen, setChosen] = useState<ReadonlyMap<string, LatentRef>>(new Map());
  const toggle = useCallback((latent: LatentRef) => {
    setChosen((before) => {
      const next = new Map(before);
      if (!next.delete(keyOf(latent))) next.set(keyOf(latent), { module: latent.module, index: latent.index });
      return next;
    });
  }, []);
  const [failed, setFailed] = useState<LatentSelectionState["failed"]>(null);
  const addLater = useCallback((read: () => Promise<readonly LatentRef[]>) => {
    setFailed(null);
    read().then(
      (latents) =>
        setChosen(
          (before) => new Map([...before, ...latents.map(({ module, index }) => [keyOf({ module, index }), { module, index }] as const)]),
        ),
      (error: Error) => setFailed({ data: undefined, error, refetch: () => addLater(read) }),
    );
  }, []);
  const clear = useCallback(() => {
    setChosen(new Map());
    setFailed(null);
  }, []);
  return useMemo(
    () => ({ latents: [...chosen.values()], has: (latent) => chosen.has(keyOf(latent)), toggle, addLater, failed, clear }),
    [chosen, toggle, addLater, failed, clear],
  );
}

function keyOf({ module, index }: LatentRef): string {
  return `${index} ${module}`;
}

"use client";
import { useCallback, useMemo, useState } from "react";
import type { LatentRef } from "@/lib/contract/edit";

export type LatentSelectionState = {
  /** In the order in which they were chosen. */
  readonly latents: readonly LatentRef[];
  readonly has: (latent: LatentRef) => boolean;
  readonly toggle: (latent: LatentRef) => void;
  readonly add: (latents: readonly LatentRef[]) => void;
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
  const add = useCallback((latents: readonly LatentRef[]) => {
    setChosen(
      (before) => new Map([...before, ...latents.map(({ module, index }) => [keyOf({ module, index }), { module, index }] as const)]),
    );
  }, []);
  const clear = useCallback(() => setChosen(new Map()), []);
  return useMemo(
    () => ({ latents: [...chosen.values()], has: (latent) => chosen.has(keyOf(latent)), toggle, add, clear }),
    [chosen, toggle, add, clear],
  );
}

function keyOf({ module, index }: LatentRef): string {
  return `${index} ${module}`;
}

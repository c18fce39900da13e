"use client";
import { useCallback, useMemo, useState } from "react";
import type { LatentRef } from "@/lib/contract/edit";
import type { ModuleReading } from "./module-reading";
import type { RankedLatent } from "./rank-latents";
import { nameOfLatent, nameOfRanked, refOfRanked } from "./use-listed-rows";

/** The latent that colours the text: the one that is pointed at, else the one that is pinned, once its module has been read. */
export function useShownLatent(readings: readonly ModuleReading[], pinned: LatentRef | null, pin: (latent: LatentRef | null) => void) {
  const [pointed, setPointed] = useState<RankedLatent | null>(null);
  const name = pinned === null ? null : nameOfLatent(pinned);
  const toggle = useCallback((latent: RankedLatent) => pin(nameOfRanked(latent) === name ? null : refOfRanked(latent)), [name, pin]);
  const pinnedReading = readings.find(({ module }) => module === pinned?.module);
  const pinnedIndex = pinned?.index;
  const kept = useMemo(
    () => (pinnedReading === undefined || pinnedIndex === undefined ? null : { reading: pinnedReading, index: pinnedIndex }),
    [pinnedReading, pinnedIndex],
  );
  const pointing = useMemo(() => ({ pinned: name, onPoint: setPointed, onPin: toggle }), [name, toggle]);
  return { shown: pointed ?? kept, pointing };
}

"use client";
import { useCallback, useMemo, useState } from "react";
import type { RankedLatent } from "./rank-latents";
import { nameOfRanked } from "./use-listed-rows";

/** The latent that colours the text: the one that is pointed at, else the one that was pinned. */
export function useShownLatent() {
  const [pinned, setPinned] = useState<RankedLatent | null>(null);
  const [pointed, setPointed] = useState<RankedLatent | null>(null);
  const name = pinned === null ? null : nameOfRanked(pinned);
  const toggle = useCallback(
    (latent: RankedLatent) => setPinned((before) => (before !== null && nameOfRanked(before) === nameOfRanked(latent) ? null : latent)),
    [],
  );
  const clear = useCallback(() => {
    setPinned(null);
    setPointed(null);
  }, []);
  const pointing = useMemo(() => ({ pinned: name, onPoint: setPointed, onPin: toggle }), [name, toggle]);
  return { shown: pointed ?? pinned, pin: setPinned, pointing, clear };
}

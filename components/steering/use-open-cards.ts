import { useCallback, useState } from "react";

/** In a list of up to this many, all cards are open at first. Our choice. */
export const mostOpen = 6;

export type OpenCards = {
  readonly isOpen: (key: number) => boolean;
  readonly toggle: (key: number, isOpen: boolean) => void;
  /** Opens the card that is added next. */
  readonly openNext: () => void;
};

/** Which cards of a list are open: all of a short one, of a long one those that a person opened or has just added. */
export function useOpenCards(keys: readonly number[]): OpenCards {
  const [chosen, setChosen] = useState<ReadonlyMap<number, boolean>>(new Map());
  const [countAtAdd, setCountAtAdd] = useState<number | null>(null);
  const added = countAtAdd === null ? undefined : keys[countAtAdd];
  if (added !== undefined) {
    setCountAtAdd(null);
    setChosen(new Map(chosen).set(added, true));
  }
  const toggle = useCallback((key: number, isOpen: boolean) => setChosen((before) => new Map(before).set(key, isOpen)), []);
  return {
    isOpen: (key) => chosen.get(key) ?? keys.length <= mostOpen,
    toggle,
    openNext: () => setCountAtAdd(keys.length),
  };
}

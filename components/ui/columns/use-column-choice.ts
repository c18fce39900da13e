"use client";
import { parseAsString, useQueryState } from "nuqs";
import { useCallback, useMemo, useState } from "react";
import { useIsHydrated } from "@/components/ui/hydrated";

export type ColumnChoice<Key extends string> = {
  readonly chosen: readonly Key[];
  readonly choose: (columns: readonly Key[]) => void;
  /** Back to those that are shown at first. */
  readonly reset: () => void;
  readonly isDefault: boolean;
};

type ColumnsOf<Key extends string> = {
  /** In the browser's storage; one for each table. */
  readonly storageKey: string;
  /** All columns that the table knows, in its order. */
  readonly keys: readonly Key[];
  readonly defaults: readonly Key[];
};

/**
 * Which columns a table shows: as the address says (`columns`), else as they were chosen last in this browser, else the default ones.
 *
 * @param columns the same object from render to render
 */
export function useColumnChoice<Key extends string>(columns: ColumnsOf<Key>): ColumnChoice<Key> {
  const { storageKey, keys, defaults } = columns;
  const [written, setWritten] = useQueryState("columns", parseAsString);
  const isHydrated = useIsHydrated();
  const stored = useMemo(() => (isHydrated ? recall(storageKey) : null), [isHydrated, storageKey]);
  const [chosenHere, setChosenHere] = useState<string | null>();
  const remembered = chosenHere === undefined ? stored : chosenHere;
  const chosen = useMemo(
    () => readColumns(written, keys) ?? readColumns(remembered, keys) ?? defaults,
    [written, remembered, keys, defaults],
  );
  const write = useCallback(
    (text: string | null) => {
      void setWritten(text);
      setChosenHere(text);
      remember(storageKey, text);
    },
    [setWritten, storageKey],
  );
  return {
    chosen,
    choose: useCallback(
      (wanted) => {
        const text = readColumns(wanted.join(","), keys)?.join(",") ?? null;
        write(text === defaults.join() ? null : text);
      },
      [write, keys, defaults],
    ),
    reset: useCallback(() => write(null), [write]),
    isDefault: chosen.join() === defaults.join(),
  };
}

/** As an address and the browser's memory hold them: comma-separated names. Null where it names none of `keys`. */
export function readColumns<Key extends string>(text: string | null, keys: readonly Key[]): readonly Key[] | null {
  if (text === null) return null;
  const wanted = new Set(text.split(","));
  const known = keys.filter((key) => wanted.has(key));
  return known.length === 0 ? null : known;
}

/** A browser may keep nothing (private windows): then a choice lasts as long as the address. */
function recall(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, text: string | null): void {
  try {
    if (text === null) window.localStorage.removeItem(key);
    else window.localStorage.setItem(key, text);
  } catch {
    // The address still holds it.
  }
}

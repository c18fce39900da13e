"use client";
import { parseAsString, useQueryState } from "nuqs";
import { useCallback, useMemo, useState } from "react";
import { useIsHydrated } from "@/components/ui/hydrated";
import { type ColumnKey, defaultColumns, readColumns } from "./columns";

type ChosenColumns = {
  readonly chosen: readonly ColumnKey[];
  readonly choose: (columns: readonly ColumnKey[]) => void;
  /** Back to those that are shown at first. */
  readonly reset: () => void;
  readonly isDefault: boolean;
};

/** Which columns are shown: as the address says, else as they were chosen last in this browser, else the default ones. */
export function useTableColumns(isDense: boolean): ChosenColumns {
  const [written, setWritten] = useQueryState("columns", parseAsString);
  const storageKey = isDense ? "stanscope-columns-lora" : "stanscope-columns";
  const isHydrated = useIsHydrated();
  const stored = useMemo(() => (isHydrated ? recall(storageKey) : null), [isHydrated, storageKey]);
  const [chosenHere, setChosenHere] = useState<string | null>();
  const remembered = chosenHere === undefined ? stored : chosenHere;
  const chosen = useMemo(() => readColumns(written) ?? readColumns(remembered) ?? defaultColumns(isDense), [written, remembered, isDense]);
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
      (columns) => {
        const text = readColumns(columns.join(","))?.join(",") ?? null;
        write(text === defaultColumns(isDense).join() ? null : text);
      },
      [write, isDense],
    ),
    reset: useCallback(() => write(null), [write]),
    isDefault: chosen.join() === defaultColumns(isDense).join(),
  };
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

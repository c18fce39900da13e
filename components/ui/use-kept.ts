"use client";
import { useSyncExternalStore } from "react";
import { type DraftSchema, followDrafts, readDraft, writeDraft } from "./drafts";

/** State that lives as long as the browser's tab (`drafts.ts`), undefined until it is set. */
export function useKept<Value>(name: string, schema: DraftSchema<Value>): readonly [Value | undefined, (value: Value | undefined) => void] {
  const value = useSyncExternalStore(
    followDrafts,
    () => readDraft(name, schema),
    () => undefined,
  );
  return [value, (next) => writeDraft(name, next)];
}

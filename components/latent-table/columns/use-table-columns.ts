"use client";
import { type ColumnChoice, useColumnChoice } from "@/components/ui/columns/use-column-choice";
import { type ColumnKey, columnKeys, defaultColumns } from "./columns";

/** Which columns are shown of sparse latents or of dense components; each has a choice of its own. */
export function useTableColumns(isDense: boolean): ColumnChoice<ColumnKey> {
  return useColumnChoice(isDense ? ofComponents : ofLatents);
}

const ofLatents = { storageKey: "stanscope-columns", keys: columnKeys, defaults: defaultColumns(false) };
const ofComponents = { storageKey: "stanscope-columns-lora", keys: columnKeys, defaults: defaultColumns(true) };

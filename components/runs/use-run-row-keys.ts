"use client";
import { useRouter } from "next/navigation";
import { type RefObject, useState } from "react";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import type { RunSummary } from "@/lib/contract/run";
import { comparedByKey, type RunPicks } from "./run-pick";

/** The keys of the list of runs. @returns the run on which the keyboard stands */
export function useRunRowKeys(shown: readonly RunSummary[], search: RefObject<HTMLInputElement | null>, picks: RunPicks): string | null {
  const router = useRouter();
  const [currentId, setCurrentId] = useState<string | null>(null);
  const move = (by: 1 | -1) => {
    const at = shown.findIndex((run) => run.id === currentId);
    const next = shown[at < 0 ? 0 : Math.min(shown.length - 1, Math.max(0, at + by))];
    if (!next) return;
    setCurrentId(next.id);
    const row = document.querySelector(`[data-run="${CSS.escape(next.id)}"]`);
    row?.scrollIntoView({ block: "nearest" });
    row?.querySelector("a")?.focus({ preventScroll: true });
  };
  const comparison = comparedByKey(picks.ids, currentId);
  const openCurrent = () => router.push(`/runs/${currentId}`);
  const openKey: Record<string, () => void> = currentId === null ? {} : Object.fromEntries([["Enter", openCurrent]]);
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    ...openKey,
    "/": () => search.current?.focus(),
    n: () => router.push("/runs/new"),
    x: () => (currentId === null ? undefined : picks.toggle(currentId)),
    c: () => (comparison === null ? undefined : router.push(comparison)),
  });
  return currentId;
}

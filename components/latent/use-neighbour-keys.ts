"use client";
import { useRouter } from "next/navigation";
import { latentName } from "@/components/latents/edit-words";
import { leaveRow } from "@/components/latents/left-row";
import { announce } from "@/components/shell/announcer";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import { labelOrAutomatic } from "@/lib/contract/automatic-label";
import type { CollectionSummary } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { keepScroll } from "./kept-scroll";
import { keepRailFocus } from "./latent-rail";
import type { TablePlace } from "./use-table-place";

/** To a neighbour in the table. */
export function goBeside(router: ReturnType<typeof useRouter>, href: string): void {
  keepScroll(href);
  router.replace(href, { scroll: false });
}

type NeighbourKeys = {
  readonly place: TablePlace;
  readonly collection: CollectionSummary | null;
  /** The latent's row in its table; null where it is not known. */
  readonly at: number | null;
  readonly table: string;
  /** Null where nothing is steered. */
  readonly steer: string | null;
};

/** To the neighbours in the table, with the focus where it is in the list of them, else said to a screen reader; back to the latent's row; to steering. */
export function useNeighbourKeys({ place, collection, at, table, steer }: NeighbourKeys): void {
  const router = useRouter();
  const go = (href: string | null) => {
    if (href === null) return;
    if (!keepRailFocus()) announce(wordsOf(href, place, collection));
    goBeside(router, href);
  };
  const leave = () => {
    leaveRow(at);
    router.push(table);
  };
  useShortcuts({
    j: () => go(place.nextHref),
    k: () => go(place.previousHref),
    Escape: leave,
    ...(steer === null ? {} : { s: () => router.push(steer) }),
  });
}

/** A neighbour's name and label. */
function wordsOf(href: string, { entries }: TablePlace, collection: CollectionSummary | null): string {
  const entry = entries.find((one) => one.href === href);
  if (entry === undefined || collection === null) return "";
  const { latent, row } = entry;
  const words = row === null ? "" : labelOrAutomatic(row, positionKindOf(collection.positionKind));
  return [latentName(latent, collection.modules), words].filter(Boolean).join(", ");
}

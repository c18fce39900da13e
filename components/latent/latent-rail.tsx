"use client";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { type LatentHome, tableHref } from "@/components/latents/latent-home";
import { isSameLatent } from "@/components/latents/latent-href";
import { LatentName } from "@/components/latents/latent-name";
import type { LatentParams } from "@/components/latents/latent-params";
import { Link } from "@/components/ui/link";
import { automaticLabel } from "@/lib/contract/automatic-label";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary, LatentRow } from "@/lib/contract/latent";
import { readingOrder, sortWord } from "@/lib/contract/latent-columns/column-sorts";
import type { PositionKind } from "@/lib/contract/positions/position-kind";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./latent.module.css";
import { sortValue } from "./sort-value";
import type { TablePlace } from "./use-table-place";

type LatentRailProps = {
  readonly home: LatentHome;
  readonly collection: CollectionSummary | null;
  readonly params: LatentParams;
  readonly current: LatentRef;
  readonly place: TablePlace;
  /** "latent", or "component" in a LoRA run. */
  readonly noun: string;
};

/** Whether the list had the focus when another of its latents was opened: the page of that one is drawn anew. */
let hadFocus = false;
const railId = "latent-rail";

/** Before another latent is opened: the focus stays in the list of latents where it is there. @returns whether it is */
export function keepRailFocus(): boolean {
  hadFocus = document.getElementById(railId)?.contains(document.activeElement) ?? false;
  return hadFocus;
}

/** The table the latent came from, as a list in its order: one stop of the Tab key, in which arrows, Home and End move. */
export function LatentRail({ home, collection, params, current, place, noun }: LatentRailProps) {
  const marked = useRef<HTMLAnchorElement>(null);
  const isLong = place.entries.length > 3;
  const table = tableHref(home, params);
  const own = `${current.module} ${current.index}`;
  // The link that the Tab key reaches: the one that had the focus last, else the latent that is shown.
  const [stop, setStop] = useState({ of: own, key: own });
  const stopKey = stop.of === own ? stop.key : own;
  const reached = (key: string) => ({ tabIndex: key === stopKey ? 0 : -1, onFocus: () => setStop({ of: own, key }) });
  useEffect(() => {
    if (!hadFocus || own === "") return;
    hadFocus = false;
    marked.current?.focus({ preventScroll: true });
  }, [own]);
  useEffect(() => {
    if (isLong && marked.current !== null) showInMiddle(marked.current);
  }, [isLong]);
  return (
    <nav
      id={railId}
      className={styles["rail"]}
      onKeyDown={moveFocus}
      aria-label={`${noun === "latent" ? "Latents" : "Components"} in the table's order`}
    >
      <div className={styles["railhead"]}>
        <Link className="link" href={table} {...reached("table")}>
          {place.total === null ? `All ${noun}s` : `${formatInteger(place.total)} ${noun}s`}
        </Link>
        <span className="dim cut">{params.sort === readingOrder ? "in reading order" : `by ${sortWord(params.sort)}`}</span>
      </div>
      {place.before > 0 && <p className={styles["more"]}>{formatInteger(place.before)} before</p>}
      {place.entries.map(({ latent, row, href }) => {
        const module = collection?.modules.find(({ name }) => name === latent.module);
        const isCurrent = isSameLatent(latent, current);
        return (
          <Link
            key={`${latent.module} ${latent.index}`}
            ref={isCurrent ? marked : undefined}
            href={href}
            replace
            prefetch={false}
            aria-current={isCurrent ? "true" : undefined}
            onClick={keepRailFocus}
            {...reached(`${latent.module} ${latent.index}`)}
          >
            <LatentName layer={module?.layer ?? 0} projection={module?.projection ?? latent.module} index={latent.index} />
            <span className="num small mid">{row === null ? "" : sortValue(row, params.sort)}</span>
            {row !== null && collection !== null && <RailWords row={row} positions={positionKindOf(collection.positionKind)} />}
          </Link>
        );
      })}
      {place.after > 0 && <p className={styles["more"]}>{formatInteger(place.after)} more</p>}
    </nav>
  );
}

/** Scrolls the list alone, not the page, until a link of it is halfway down what is in sight. */
function showInMiddle(link: HTMLElement): void {
  const rail = link.closest("nav");
  if (rail === null) return;
  const { top, bottom } = rail.getBoundingClientRect();
  const own = link.getBoundingClientRect();
  rail.scrollTop += own.top + own.height / 2 - (top + Math.min(bottom, window.innerHeight)) / 2;
}

/** To the link before or after the one that has the focus, or to the first or last. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const links: Element[] = [...event.currentTarget.querySelectorAll("a")];
  const at = document.activeElement === null ? -1 : links.indexOf(document.activeElement);
  const places: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 };
  const place = Object.hasOwn(places, event.key) ? places[event.key] : undefined;
  if (at < 0 || place === undefined) return;
  event.preventDefault();
  const link = links[Math.max(0, Math.min(place, links.length - 1))];
  if (link instanceof HTMLElement) link.focus();
}

function RailWords({ row, positions }: { readonly row: LatentRow; readonly positions: PositionKind }) {
  const label = row.label?.text ?? "";
  return (
    <span className={`cut ${styles["railwords"]}`}>
      {label === "" ? <i>{automaticLabel(row, positions) || (row.fireCount === 0 ? "dead" : "no label")}</i> : label}
    </span>
  );
}

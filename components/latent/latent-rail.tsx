"use client";
import Link from "next/link";
import { useEffect, useRef } from "react";
import { type LatentHome, tableHref } from "@/components/latents/latent-home";
import { isSameLatent } from "@/components/latents/latent-href";
import { LatentName } from "@/components/latents/latent-name";
import type { LatentParams } from "@/components/latents/latent-params";
import { automaticLabel } from "@/lib/contract/automatic-label";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary, LatentRow } from "@/lib/contract/latent";
import { sortWord } from "@/lib/contract/latent-columns/column-sorts";
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

/** The table the latent came from, as a list in its order. */
export function LatentRail({ home, collection, params, current, place, noun }: LatentRailProps) {
  const marked = useRef<HTMLAnchorElement>(null);
  const isLong = place.entries.length > 3;
  useEffect(() => {
    if (isLong) marked.current?.scrollIntoView({ block: "nearest" });
  }, [isLong]);
  return (
    <nav className={styles["rail"]} aria-label={`${noun === "latent" ? "Latents" : "Components"} in the table's order`}>
      <div className={styles["railhead"]}>
        <Link className="link" href={tableHref(home, params)}>
          {place.total === null ? `All ${noun}s` : `${formatInteger(place.total)} ${noun}s`}
        </Link>
        <span className="dim">by {sortWord(params.sort)}</span>
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

function RailWords({ row, positions }: { readonly row: LatentRow; readonly positions: PositionKind }) {
  const label = row.label?.text ?? "";
  return (
    <span className={`cut ${styles["railwords"]}`}>
      {label === "" ? <i>{automaticLabel(row, positions) || (row.fireCount === 0 ? "dead" : "no label")}</i> : label}
    </span>
  );
}

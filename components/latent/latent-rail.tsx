"use client";
import Link from "next/link";
import { useEffect, useRef } from "react";
import { isSameLatent, latentsHref } from "@/components/latents/latent-href";
import { LatentName } from "@/components/latents/latent-name";
import type { LatentParams } from "@/components/latents/latent-params";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary, LatentRow } from "@/lib/contract/latent";
import { formatInteger, formatPercent, formatSignificant, notMeasured } from "@/lib/numbers/format";
import styles from "./latent.module.css";
import type { TablePlace } from "./use-table-place";

type LatentRailProps = {
  readonly runId: string;
  readonly collection: CollectionSummary | null;
  readonly params: LatentParams;
  readonly current: LatentRef;
  readonly place: TablePlace;
};

/** The table the latent came from, as a list in its order. */
export function LatentRail({ runId, collection, params, current, place }: LatentRailProps) {
  const marked = useRef<HTMLAnchorElement>(null);
  const isLong = place.entries.length > 3;
  useEffect(() => {
    if (isLong) marked.current?.scrollIntoView({ block: "nearest" });
  }, [isLong]);
  return (
    <nav className={styles["rail"]} aria-label="Latents in the table's order">
      <div className={styles["railhead"]}>
        <Link className="link" href={latentsHref(runId, params)}>
          {place.total === null ? "All latents" : `${formatInteger(place.total)} latents`}
        </Link>
        <span className="dim">by {sortNames[params.sort]}</span>
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
          </Link>
        );
      })}
      {place.after > 0 && <p className={styles["more"]}>{formatInteger(place.after)} more</p>}
    </nav>
  );
}

const sortNames = {
  module: "module",
  index: "index",
  fireCount: "firings",
  density: "density",
  meanActivation: "mean",
  maxActivation: "max",
  minActivation: "min",
  selectivity: "selectivity",
} as const;

function sortValue(row: LatentRow, sort: LatentParams["sort"]): string {
  const plain = (value: number | null) => (value === null ? notMeasured : formatSignificant(value));
  switch (sort) {
    case "module":
    case "index":
    case "fireCount":
      return formatInteger(row.fireCount);
    case "density":
      return plain(row.density);
    case "selectivity":
      return row.selectivity === null ? notMeasured : formatPercent(row.selectivity, 0);
    default:
      return plain(row[sort]);
  }
}

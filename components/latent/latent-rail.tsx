"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { steerHref } from "@/components/latents/edit-text";
import { isSameLatent, latentHref, latentsHref } from "@/components/latents/latent-href";
import { LatentName } from "@/components/latents/latent-name";
import type { LatentParams } from "@/components/latents/latent-params";
import { useShortcuts } from "@/components/ui/use-shortcuts";
import { latentPageQuery, latentQueryOptions } from "@/lib/client/latents";
import type { LatentRef } from "@/lib/contract/edit";
import type { CollectionSummary, LatentDetail, LatentRow } from "@/lib/contract/latent";
import { formatInteger, formatPercent, formatSignificant, notMeasured } from "@/lib/numbers/format";
import styles from "./latent.module.css";

type LatentRailProps = {
  readonly runId: string;
  readonly collection: CollectionSummary;
  readonly params: LatentParams;
  /** The latent's row in the table; null when the link does not say. */
  readonly at: number | null;
  readonly current: LatentRef;
  readonly detail: LatentDetail | undefined;
};

const pageSize = 100;

/** The table the latent came from, as a list in its order; j and k go down and up in it. */
export function LatentRail({ runId, collection, params, at, current, detail }: LatentRailProps) {
  const router = useRouter();
  const client = useQueryClient();
  const selection = { ...params, collectionId: collection.id };
  const offset = Math.floor((at ?? 0) / pageSize) * pageSize;
  const page = useQuery({ ...latentPageQuery(selection, { offset, limit: pageSize }), enabled: at !== null });
  const here = page.data?.rows[(at ?? 0) - offset];
  const isInTable = here !== undefined && isSameLatent(here, current);
  const hrefOf = (latent: LatentRef, index: number | null) => {
    const href = latentHref(runId, latent, params);
    return index === null ? href : `${href}${href.includes("?") ? "&" : "?"}at=${index}`;
  };
  const step = (latent: LatentRef | null | undefined, by: number) => {
    if (latent) router.replace(hrefOf(latent, isInTable && at !== null ? at + by : null));
  };
  const leave = () => router.push(latentsHref(runId, params));
  useShortcuts({
    j: () => step(detail?.next, 1),
    k: () => step(detail?.previous, -1),
    s: () => router.push(steerHref(runId, collection.id, [current])),
    Escape: leave,
  });
  const marked = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isInTable) marked.current?.scrollIntoView({ block: "nearest" });
  }, [isInTable]);
  useEffect(() => {
    for (const latent of [detail?.next, detail?.previous]) {
      if (latent) void client.prefetchQuery(latentQueryOptions({ ...params, collectionId: collection.id }, latent));
    }
  }, [client, collection.id, detail, params]);

  const rows: readonly (LatentRow | LatentRef)[] = isInTable ? (page.data?.rows ?? []) : neighbours(detail, current);
  return (
    <nav className={styles["rail"]} aria-label="Latents in the table's order">
      <div className={styles["railhead"]}>
        <Link className="link" href={latentsHref(runId, params)}>
          {page.data === undefined ? "All latents" : `${formatInteger(page.data.total)} latents`}
        </Link>
        <span className="dim">by {sortNames[params.sort]}</span>
      </div>
      {isInTable && offset > 0 && <p className={styles["more"]}>{formatInteger(offset)} before</p>}
      {rows.map((row, index) => {
        const isCurrent = isSameLatent(row, current);
        return (
          <Link
            key={`${row.module} ${row.index}`}
            ref={isCurrent ? marked : undefined}
            href={hrefOf(row, isInTable ? offset + index : null)}
            replace
            aria-current={isCurrent ? "true" : undefined}
          >
            {"layer" in row ? (
              <LatentName layer={row.layer} projection={row.projection} index={row.index} />
            ) : (
              <ShortName latent={row} collection={collection} />
            )}
            <span className="num small mid">{"layer" in row ? sortValue(row, params.sort) : ""}</span>
          </Link>
        );
      })}
      {isInTable && page.data !== undefined && offset + pageSize < page.data.total && (
        <p className={styles["more"]}>{formatInteger(page.data.total - offset - pageSize)} more</p>
      )}
    </nav>
  );
}

function ShortName({ latent, collection }: { readonly latent: LatentRef; readonly collection: CollectionSummary }) {
  const module = collection.modules.find(({ name }) => name === latent.module);
  return <LatentName layer={module?.layer ?? 0} projection={module?.projection ?? latent.module} index={latent.index} />;
}

function neighbours(detail: LatentDetail | undefined, current: LatentRef): LatentRef[] {
  return [detail?.previous, current, detail?.next].flatMap((latent) => (latent ? [latent] : []));
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

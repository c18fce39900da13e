"use client";
import type { ReactNode, RefObject } from "react";
import { domainWords } from "@/components/latents/domain-words";
import { filterChips } from "@/components/latents/filter-chips";
import { type LatentParams, toggleSort, withFilters, withoutFilters } from "@/components/latents/latent-params";
import { Button } from "@/components/ui/button";
import { FilterChip } from "@/components/ui/chip";
import { type DownloadGroup, DownloadMenu } from "@/components/ui/download-menu";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { collectionDownloadUrl, latentsDownloadUrl } from "@/lib/client/latents";
import type { CollectionSummary } from "@/lib/contract/latent";
import type { LatentSortKey } from "@/lib/contract/latent-columns/column-sorts";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { formatInteger } from "@/lib/numbers/format";
import { LatentSearch } from "./latent-search";
import type { TableTotal } from "./latent-table";
import styles from "./latents.module.css";
import { NearDuplicates } from "./near-duplicates";
import { OrderNote } from "./order-note";
import { sortNames } from "./sort-names";

type LatentFiltersProps = {
  readonly collection: CollectionSummary;
  /** `latent` or `component`. */
  readonly one: string;
  readonly isDense: boolean;
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
  readonly total: TableTotal;
  /** The order in words, where the table's head does not show it. */
  readonly orderNote: string | null;
  readonly searchRef: RefObject<HTMLInputElement | null>;
  /** The fields of all filters, and the choice of columns. */
  readonly filterMenu: ReactNode;
  readonly columnMenu: ReactNode;
};

/** What the table shows: search, the filters in force, how many latents are left, the columns, files. */
export function LatentFilters({
  collection,
  one,
  isDense,
  params,
  onParams,
  total,
  orderNote,
  searchRef,
  filterMenu,
  columnMenu,
}: LatentFiltersProps) {
  const positions = positionKindOf(collection.positionKind);
  const domains = domainWords(collection);
  const chips = filterChips(params, positions);
  const selectivityOther = params.sort === "selectivity" ? "selectivityShare" : params.sort === "selectivityShare" ? "selectivity" : null;
  return (
    <div className={styles["filters"]}>
      <LatentSearch
        positions={positions}
        value={params.search ?? ""}
        onValue={(search) => onParams(withFilters(params, { search: search === "" ? undefined : search }))}
        inputRef={searchRef}
      />
      {collection.domains.length > 1 && !isDense && (
        <span className="only-wide">
          <Select
            label={`${domains.one} fired on most`}
            value={params.domain ?? ""}
            onValueChange={(domain) => onParams(withFilters(params, { domain: domain === "" ? undefined : domain }))}
            options={[
              { value: "", label: domains.all },
              ...collection.domains.map(({ name }) => ({ value: name, label: `Most on ${name}` })),
            ]}
          />
        </span>
      )}
      {filterMenu}
      {chips.map((chip) => (
        <span key={chip.key} className={chip.key === "state" || chip.key === "domain" ? "only-narrow" : undefined}>
          <FilterChip label={chip.label} onRemove={() => onParams(chip.without)} />
        </span>
      ))}
      {chips.length > 0 && (
        <Button look="quiet" onClick={() => onParams(withoutFilters(params))}>
          Clear
        </Button>
      )}
      {selectivityOther !== null && (
        <span className="only-wide">
          <Button look="quiet" onClick={() => onParams({ ...params, sort: selectivityOther })}>
            {selectivityOther === "selectivity" ? "Sort by the interval’s lower end" : "Sort by the share alone"}
          </Button>
        </span>
      )}
      <span className="only-narrow">
        <Select<LatentSortKey>
          label="Order"
          value={params.sort}
          onValueChange={(sort) => onParams(toggleSort(params, sort))}
          options={sortNames(isDense).map(([value, name]) => ({ value, label: `By ${name}` }))}
        />
      </span>
      <div className={styles["shown"]}>
        <span className="small dim" aria-live="polite">
          <b className="mid">{total.shown === null ? "…" : formatInteger(total.shown)}</b> of {formatInteger(collection.numLatents)} {one}s
        </span>
        <NearDuplicates one={one} folded={total.folded} params={params} onParams={onParams} />
        <OrderNote
          one={one}
          isDense={isDense}
          params={params}
          onParams={onParams}
          note={orderNote}
          hasReadingOrder={collection.origin.kind === "run"}
        />
        {hasStates(collection, isDense) && (
          <span className="only-wide">
            <StateFilter collection={collection} params={params} onParams={onParams} />
          </span>
        )}
        {columnMenu}
        <span className="only-wide">
          <Downloads collection={collection} one={one} params={params} />
        </span>
      </div>
    </div>
  );
}

/** Dense components are all always on, unless one is 0. */
export function hasStates({ modules }: CollectionSummary, isDense: boolean): boolean {
  return !isDense || modules.some(({ dead }) => dead > 0);
}

function StateFilter({ collection, params, onParams }: Pick<LatentFiltersProps, "collection" | "params" | "onParams">) {
  const { plural } = positionKindOf(collection.positionKind);
  const dead = collection.modules.reduce((sum, module) => sum + module.dead, 0);
  const alwaysOn = collection.modules.reduce((sum, module) => sum + module.alwaysOn, 0);
  return (
    <Segmented
      label="Show"
      value={params.state}
      onValueChange={(state) => onParams({ ...params, state })}
      options={[
        { value: "all", label: "All" },
        { value: "alive", label: `Alive ${formatInteger(collection.numLatents - dead)}` },
        {
          value: "dead",
          label: `Dead ${formatInteger(dead)}`,
          title: `Never fired on the ${formatInteger(collection.tokens)} counted ${plural} of this collection; training counts over its own window`,
        },
        { value: "alwaysOn", label: `Always on ${formatInteger(alwaysOn)}`, title: `Fires on more than 90 % of counted ${plural}` },
      ]}
    />
  );
}

function forOtherTools({ id }: CollectionSummary): DownloadGroup {
  return {
    name: "Whole collection, for other tools",
    items: [
      { label: "Neuronpedia", note: "features and activations, .tar.gz", href: collectionDownloadUrl(id, "neuronpedia") },
      { label: "delphi", note: "cache of the stored examples, .tar.gz", href: collectionDownloadUrl(id, "delphi") },
      { label: "circuit-tracer", note: "feature JSON, .tar.gz", href: collectionDownloadUrl(id, "circuitTracer") },
    ],
  };
}

function Downloads({ collection, one, params }: Pick<LatentFiltersProps, "collection" | "one" | "params">) {
  const selection = { ...params, collectionId: collection.id };
  return (
    <DownloadMenu
      label="Export"
      groups={[
        {
          name: `All matching ${one}s, in this order`,
          items: [
            { label: "CSV", href: latentsDownloadUrl(selection, "csv") },
            { label: "Parquet", href: latentsDownloadUrl(selection, "parquet") },
            { label: "JSON", href: latentsDownloadUrl(selection, "json") },
          ],
        },
        // The formats of other tools hold tokens.
        ...(positionKindOf(collection.positionKind).hasVocabulary ? [forOtherTools(collection)] : []),
      ]}
    />
  );
}

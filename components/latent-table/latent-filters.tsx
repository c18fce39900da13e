"use client";
import { Search } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import { filterChips } from "@/components/latents/filter-chips";
import { type LatentParams, toggleSort, withFilters, withoutFilters } from "@/components/latents/latent-params";
import { Button } from "@/components/ui/button";
import { FilterChip } from "@/components/ui/chip";
import { Segmented } from "@/components/ui/segmented";
import { Select } from "@/components/ui/select";
import { latentsDownloadUrl } from "@/lib/client/latents";
import type { CollectionSummary } from "@/lib/contract/latent";
import { formatInteger } from "@/lib/numbers/format";
import styles from "./latents.module.css";

type LatentFiltersProps = {
  readonly collection: CollectionSummary;
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
  readonly total: number | null;
  readonly searchRef: RefObject<HTMLInputElement | null>;
};

/** What the table shows: search by token, the filters in force, how many latents are left, the whole as a file. */
export function LatentFilters({ collection, params, onParams, total, searchRef }: LatentFiltersProps) {
  const chips = filterChips(params);
  const dead = collection.modules.reduce((sum, module) => sum + module.dead, 0);
  const alwaysOn = collection.modules.reduce((sum, module) => sum + module.alwaysOn, 0);
  const selection = { ...params, collectionId: collection.id };
  return (
    <div className={styles["filters"]}>
      <TokenSearch
        value={params.token ?? ""}
        onValue={(token) => onParams(withFilters(params, { token: token === "" ? undefined : token }))}
        inputRef={searchRef}
      />
      {collection.domains.length > 1 && (
        <Select
          label="Domain fired on most"
          value={params.domain ?? ""}
          onValueChange={(domain) => onParams(withFilters(params, { domain: domain === "" ? undefined : domain }))}
          options={[
            { value: "", label: "All domains" },
            ...collection.domains.map(({ name }) => ({ value: name, label: `Most on ${name}` })),
          ]}
        />
      )}
      {chips
        .filter((chip) => chip.key !== "state")
        .map((chip) => (
          <FilterChip key={chip.key} label={chip.label} onRemove={() => onParams(chip.without)} />
        ))}
      {chips.length > 0 && (
        <Button look="quiet" onClick={() => onParams(withoutFilters(params))}>
          Clear
        </Button>
      )}
      <span className="only-narrow">
        <Select label="Sort by" value={params.sort} onValueChange={(sort) => onParams(toggleSort(params, sort))} options={sortOptions} />
      </span>
      <span className="grow" />
      <span className="small dim" aria-live="polite">
        <b className="mid">{total === null ? "…" : formatInteger(total)}</b> of {formatInteger(collection.numLatents)} latents
      </span>
      <Segmented
        label="Show"
        value={params.state}
        onValueChange={(state) => onParams({ ...params, state })}
        options={[
          { value: "all", label: "All" },
          { value: "alive", label: `Alive ${formatInteger(collection.numLatents - dead)}` },
          { value: "dead", label: `Dead ${formatInteger(dead)}`, title: "Not kept on any counted token" },
          { value: "alwaysOn", label: `Always on ${formatInteger(alwaysOn)}`, title: "Kept on nearly every counted token" },
        ]}
      />
      <span className="seg">
        <a href={latentsDownloadUrl(selection, "csv")} download title="All latents that the filters let through">
          CSV
        </a>
        <a href={latentsDownloadUrl(selection, "json")} download title="All latents that the filters let through">
          JSON
        </a>
      </span>
    </div>
  );
}

const sortOptions = [
  { value: "fireCount", label: "By firings" },
  { value: "maxActivation", label: "By max" },
  { value: "meanActivation", label: "By mean" },
  { value: "selectivity", label: "By selectivity" },
  { value: "density", label: "By density" },
  { value: "module", label: "By module" },
  { value: "index", label: "By index" },
  { value: "minActivation", label: "By min" },
] as const;

type TokenSearchProps = {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly inputRef: RefObject<HTMLInputElement | null>;
};

const waitMs = 200;

/** Asks once typing pauses. */
function TokenSearch({ value, onValue, inputRef }: TokenSearchProps) {
  const [typed, setTyped] = useState(value);
  const [last, setLast] = useState(value);
  if (value !== last) {
    setLast(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onValue(typed), waitMs);
    return () => clearTimeout(timer);
  }, [typed, value, onValue]);
  return (
    <label className={`search ${styles["search"]}`}>
      <Search size={14} aria-hidden="true" />
      <span className="vh">Top token contains</span>
      <input
        ref={inputRef}
        value={typed}
        placeholder="Top token contains"
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
          if (event.key === "Enter") onValue(typed);
        }}
      />
      <kbd>/</kbd>
    </label>
  );
}

"use client";
import { SlidersHorizontal } from "lucide-react";
import { domainWords } from "@/components/latents/domain-words";
import { stateNames } from "@/components/latents/filter-chips";
import { type LatentParams, rangesOf, withFilters, withRange } from "@/components/latents/latent-params";
import { Button } from "@/components/ui/button";
import { Popover } from "@/components/ui/popover";
import { RangeField } from "@/components/ui/range-field";
import { Select } from "@/components/ui/select";
import type { CollectionSummary, ColumnHistogram } from "@/lib/contract/latent";
import { columnOf } from "@/lib/contract/latent-columns/latent-columns";
import type { TableColumn } from "./columns/columns";
import { endsOf } from "./columns/histogram-ends";
import { hasStates } from "./latent-filters";
import styles from "./latents.module.css";

type FilterMenuProps = {
  readonly collection: CollectionSummary;
  readonly isDense: boolean;
  readonly columns: readonly TableColumn[];
  readonly histograms: readonly ColumnHistogram[];
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
};

const all = "";
type Labelled = "" | "any" | "none";

/** Every filter as a field: by place, by label, and by the value of any number, its column shown or not. */
export function FilterMenu({ collection, isDense, columns, histograms, params, onParams }: FilterMenuProps) {
  const projections = [...new Set(collection.modules.map(({ projection }) => projection))];
  const domains = domainWords(collection);
  const ranges = rangesOf(params);
  const set = (change: Parameters<typeof withFilters>[1]) => onParams(withFilters(params, change));
  return (
    <Popover
      label="Filters"
      align="start"
      trigger={
        <Button look="quiet">
          <SlidersHorizontal size={13} aria-hidden="true" />
          Filter
        </Button>
      }
    >
      <div className={`fields even ${styles["filtermenu"]}`}>
        {hasStates(collection, isDense) && (
          <Select<LatentParams["state"]>
            label="Show"
            hasLabel
            value={params.state}
            onValueChange={(state) => set({ state })}
            options={(["all", "alive", "dead", "alwaysOn"] as const).map((value) => ({ value, label: stateNames[value] }))}
          />
        )}
        {collection.domains.length > 1 && !isDense && (
          <Select
            label={`${domains.one} fired on most`}
            hasLabel
            value={params.domain ?? all}
            onValueChange={(domain) => set({ domain: domain || undefined })}
            options={[{ value: all, label: domains.all }, ...collection.domains.map(({ name }) => ({ value: name, label: name }))]}
          />
        )}
        <RangeField
          label="Layers"
          kind="integer"
          from={params.layerFrom ?? null}
          to={params.layerTo ?? null}
          onRange={({ from, to }) => set({ layerFrom: from ?? undefined, layerTo: to ?? undefined })}
        />
        <Select
          label="Projection"
          hasLabel
          value={params.projection ?? all}
          onValueChange={(projection) => set({ projection: projection || undefined })}
          options={[{ value: all, label: "All projections" }, ...projections.map((value) => ({ value, label: value }))]}
        />
        <Select
          label="Module"
          hasLabel
          value={params.module ?? all}
          onValueChange={(module) => set({ module: module || undefined })}
          options={[{ value: all, label: "All modules" }, ...collection.modules.map(({ name }) => ({ value: name, label: name }))]}
        />
        <Select<Labelled>
          label="Label"
          hasLabel
          value={params.labelled ?? all}
          onValueChange={(labelled) => set({ labelled: labelled || undefined })}
          options={[
            { value: all, label: "Any" },
            { value: "any", label: "Labelled by a person or the explainer" },
            { value: "none", label: "Unlabelled" },
          ]}
        />
        {columns.map(({ range: column, name, unit }) => {
          const histogram = histograms.find((one) => one.column === column);
          if (column === undefined || (histogram !== undefined && histogram.counts.length === 0)) return null;
          const range = ranges.find((one) => one.column === column);
          // Shares are read in percent, so they are typed in percent.
          const factor = columnOf(column).format === "percent" ? 100 : 1;
          return (
            <RangeField
              key={column}
              label={factor === 100 ? `${name}, %` : unit === undefined ? name : `${name}, ${unit}`}
              from={scaled(range?.from ?? null, factor)}
              to={scaled(range?.to ?? null, factor)}
              onRange={({ from, to }) =>
                onParams(withRange(params, { column, from: scaled(from, 1 / factor), to: scaled(to, 1 / factor) }))
              }
              {...(histogram === undefined ? {} : { ends: endsOf(histogram) })}
            />
          );
        })}
      </div>
    </Popover>
  );
}

/** Without the last digits of a product: 0.07 × 100 is 7. */
function scaled(value: number | null, factor: number): number | null {
  return value === null ? null : Number((value * factor).toPrecision(12));
}

"use client";
import { type ReactNode, useState } from "react";
import { type LatentParams, withFilters } from "@/components/latents/latent-params";
import { HeatMap } from "@/components/plots/heat-map";
import { RampKey } from "@/components/plots/ramp-key";
import { Panel } from "@/components/ui/panel";
import { Segmented } from "@/components/ui/segmented";
import type { CollectionSummary } from "@/lib/contract/latent";
import { formatPercent } from "@/lib/numbers/format";
import { type MapColour, mapCells, mapMax } from "./module-map-cells";

type ModuleMapProps = {
  readonly collection: CollectionSummary;
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
  readonly children: ReactNode;
};

/** Every module as a cell on projections × layers; a cell, a layer or a projection filters the table below. */
export function ModuleMap({ collection, params, onParams, children }: ModuleMapProps) {
  const [colour, setColour] = useState<MapColour>("alive");
  const { cells, hasPlainRows } = mapCells(collection.modules, colour);
  const max = mapMax(cells, colour);
  const choose = (change: Parameters<typeof withFilters>[1]) =>
    onParams(withFilters(params, { module: undefined, layer: undefined, projection: undefined, ...change }));
  return (
    <Panel
      title="Latents by module"
      isPadded={false}
      aside={
        <>
          <Segmented
            label="Colour"
            value={colour}
            onValueChange={setColour}
            options={[
              { value: "alive", label: "Share alive" },
              { value: "dead", label: "Share dead" },
              { value: "alwaysOn", label: "Share always on" },
            ]}
          />
          <RampKey ramp="kl" max={formatPercent(max, 1)} />
        </>
      }
    >
      <div className="body">
        <HeatMap
          label="Modules: projections by layer"
          columnLabel="layer"
          cells={cells}
          max={max}
          ramp="kl"
          isChosen={(cell) => isChosen(cell, params)}
          onChoose={(cell) => choose({ module: params.module === moduleOf(cell) ? undefined : moduleOf(cell) })}
          onChooseColumn={(layer) => choose({ layer: params.layer === layer ? undefined : layer })}
          {...(hasPlainRows ? { onChooseRow: (row: string) => choose({ projection: params.projection === row ? undefined : row }) } : {})}
        />
      </div>
      {children}
    </Panel>
  );

  function moduleOf(cell: { readonly title: string }): string | undefined {
    return cells.find(({ title }) => title === cell.title)?.module;
  }

  function isChosen(cell: { readonly row: string; readonly column: number; readonly title: string }, filters: LatentParams): boolean {
    if (filters.module !== undefined) return filters.module === moduleOf(cell);
    if (filters.layer === undefined && filters.projection === undefined) return false;
    return (
      (filters.layer === undefined || filters.layer === cell.column) &&
      (filters.projection === undefined || filters.projection === cell.row)
    );
  }
}

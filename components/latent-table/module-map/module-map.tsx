"use client";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useMemo } from "react";
import type { LatentParams } from "@/components/latents/latent-params";
import { HeatMap } from "@/components/plots/heat-map";
import type { HeatCell } from "@/components/plots/heat-map-layout";
import { RampKey } from "@/components/plots/ramp-key";
import { Select } from "@/components/ui/select";
import type { CollectionSummary } from "@/lib/contract/latent";
import { isInFilter, withLayer, withLayersTo, withModule, withProjection } from "./module-filter";
import { colourWords, knownColours, type MapColour, mapCells, mapColours, mapMax, rowMeans } from "./module-map-cells";

type ModuleMapProps = {
  readonly collection: CollectionSummary;
  /** `latent` or `component`. */
  readonly one: string;
  readonly isDense: boolean;
  readonly params: LatentParams;
  readonly onParams: (next: LatentParams) => void;
};

/** Every module as a cell on projections × layers; a cell, a layer or a projection filters the table, shift extends the layers. */
export function ModuleMap({ collection, one, isDense, params, onParams }: ModuleMapProps) {
  const [colour] = useMapColour(collection, isDense);
  const { cells, hasPlainRows } = useMemo(
    () => mapCells(collection.modules, colour, one, isDense),
    [collection.modules, colour, one, isDense],
  );
  const notes = useMemo(() => rowMeans(cells, colour, one), [cells, colour, one]);
  const cellOf = (cell: HeatCell) => cells.find(({ row, column }) => row === cell.row && column === cell.column);
  const layerOfModule = collection.modules.find(({ name }) => name === params.module)?.layer;
  const chooseLayer = (layer: number, isExtending: boolean) =>
    onParams(isExtending ? withLayersTo(params, layer, layerOfModule) : withLayer(params, layer));
  return (
    <HeatMap
      label={`Modules by ${colourWords(colour, one).label.toLowerCase()}: projections by layer`}
      columnLabel="layer"
      cells={cells}
      max={mapMax(cells, colour)}
      ramp="kl"
      rowNotes={notes}
      isChosen={(cell) => {
        const module = cellOf(cell);
        return module !== undefined && isInFilter(module, params);
      }}
      onChoose={(cell, isExtending) => {
        const module = cellOf(cell);
        if (isExtending) chooseLayer(cell.column, true);
        else if (module !== undefined) onParams(withModule(params, module.module));
      }}
      onChooseColumn={chooseLayer}
      {...(hasPlainRows ? { onChooseRow: (row: string) => onParams(withProjection(params, row)) } : {})}
    />
  );
}

/** What the map is coloured by, with its legend. */
export function ModuleMapColour({ collection, one, isDense }: Pick<ModuleMapProps, "collection" | "one" | "isDense">) {
  const [colour, setColour] = useMapColour(collection, isDense);
  const { cells } = mapCells(collection.modules, colour, one, isDense);
  const words = colourWords(colour, one);
  return (
    <>
      <span className="row small mid">
        <span aria-hidden="true">Colour</span>
        <Select<MapColour>
          label="Colour"
          value={colour}
          onValueChange={setColour}
          options={knownColours(collection.modules, isDense).map((value) => ({ value, label: colourWords(value, one).label }))}
        />
      </span>
      <RampKey ramp="kl" max={words.format(mapMax(cells, colour))} {...(words.unit === undefined ? {} : { unit: words.unit })} />
    </>
  );
}

/** As the address says; else the first quantity that the collection has. */
function useMapColour(collection: CollectionSummary, isDense: boolean): readonly [MapColour, (colour: MapColour) => void] {
  const [written, setWritten] = useQueryState("colour", parseAsMapColour);
  const known = knownColours(collection.modules, isDense);
  const set = (colour: MapColour) => void setWritten(colour === known[0] ? null : colour);
  return [known.find((colour) => colour === written) ?? known[0] ?? (isDense ? "updateNorm" : "alive"), set];
}

const parseAsMapColour = parseAsStringLiteral(mapColours);

"use client";
import type { RefObject } from "react";
import { saveFile } from "@/components/ui/save-file";
import { savePng } from "./save-png";
import { toStandaloneSvg } from "./standalone-svg";

type PlotDownloadProps = {
  /** File name without its ending. */
  readonly name: string;
  readonly svgRef: RefObject<SVGSVGElement | null>;
  readonly csv: () => string;
};

/** The numbers of a drawing as CSV, the drawing itself as SVG or as pixels. */
export function PlotDownload({ name, svgRef, csv }: PlotDownloadProps) {
  const withDrawing = (save: (drawing: string) => void) => {
    if (svgRef.current !== null) save(toStandaloneSvg(svgRef.current));
  };
  return (
    <fieldset className="seg" aria-label={`Download ${name}`}>
      <button type="button" title="Download the numbers" onClick={() => saveFile(`${name}.csv`, csv(), "text/csv")}>
        CSV
      </button>
      <button
        type="button"
        title="Download the drawing"
        onClick={() => withDrawing((drawing) => saveFile(`${name}.svg`, drawing, "image/svg+xml"))}
      >
        SVG
      </button>
      <button
        type="button"
        title="Download the drawing as pixels"
        onClick={() => withDrawing((drawing) => void savePng(`${name}.png`, drawing))}
      >
        PNG
      </button>
    </fieldset>
  );
}

"use client";
import type { RefObject } from "react";
import { saveFile } from "@/components/ui/save-file";
import { toStandaloneSvg } from "./standalone-svg";

type PlotDownloadProps = {
  /** File name without its ending. */
  readonly name: string;
  readonly svgRef: RefObject<SVGSVGElement | null>;
  readonly csv: () => string;
};

/** The numbers of a drawing as CSV, the drawing itself as SVG. */
export function PlotDownload({ name, svgRef, csv }: PlotDownloadProps) {
  const saveDrawing = () => {
    if (svgRef.current !== null) saveFile(`${name}.svg`, toStandaloneSvg(svgRef.current), "image/svg+xml");
  };
  return (
    <fieldset className="seg" aria-label={`Download ${name}`}>
      <button type="button" title="Download the numbers" onClick={() => saveFile(`${name}.csv`, csv(), "text/csv")}>
        CSV
      </button>
      <button type="button" title="Download the drawing" onClick={saveDrawing}>
        SVG
      </button>
    </fieldset>
  );
}

"use client";
import { Download } from "lucide-react";
import type { RefObject } from "react";
import { saveFile } from "@/components/ui/save-file";
import { toStandaloneSvg } from "./standalone-svg";

type PlotDownloadProps = {
  /** File name without its ending. */
  readonly name: string;
  readonly svgRef: RefObject<SVGSVGElement | null>;
  readonly csv: () => string;
};

/** The drawing as SVG, its numbers as CSV. */
export function PlotDownload({ name, svgRef, csv }: PlotDownloadProps) {
  const saveDrawing = () => {
    if (svgRef.current !== null) saveFile(`${name}.svg`, toStandaloneSvg(svgRef.current), "image/svg+xml");
  };
  return (
    <div className="seg only-wide">
      <button type="button" onClick={() => saveFile(`${name}.csv`, csv(), "text/csv")} aria-label={`Download ${name} as CSV`}>
        <Download size={12} aria-hidden="true" />
        CSV
      </button>
      <button type="button" onClick={saveDrawing} aria-label={`Download ${name} as SVG`}>
        SVG
      </button>
    </div>
  );
}

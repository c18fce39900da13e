"use client";
import { Download } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { RefObject } from "react";
import { savePng } from "@/components/plots/save-png";
import { toStandaloneSvg } from "@/components/plots/standalone-svg";
import { saveFile } from "@/components/ui/save-file";
import { curveCsv } from "./curve-csv";
import type { DoseCurve } from "./dose-curves";

type PlotFilesProps = {
  readonly curve: DoseCurve;
  /** File name without its ending. */
  readonly name: string;
  readonly svgRef: RefObject<SVGSVGElement | null>;
};

/** The numbers of a plot as CSV, the drawing itself as SVG or PNG. */
export function PlotFiles({ curve, name, svgRef }: PlotFilesProps) {
  const drawing = () => (svgRef.current === null ? null : toStandaloneSvg(svgRef.current));
  const saveSvg = () => {
    const text = drawing();
    if (text !== null) saveFile(`${name}.svg`, text, "image/svg+xml");
  };
  const saveAsPng = () => {
    const text = drawing();
    if (text !== null) void savePng(`${name}.png`, text);
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <button type="button" className="iconbtn" aria-label={`Download ${curve.title}`} title="Download">
          <Download size={13} aria-hidden="true" />
        </button>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4} collisionPadding={8}>
          <DropdownMenu.Item asChild onSelect={() => saveFile(`${name}.csv`, curveCsv(curve), "text/csv")}>
            <button type="button">Numbers, CSV</button>
          </DropdownMenu.Item>
          <DropdownMenu.Item asChild onSelect={saveSvg}>
            <button type="button">Drawing, SVG</button>
          </DropdownMenu.Item>
          <DropdownMenu.Item asChild onSelect={saveAsPng}>
            <button type="button">Drawing, PNG</button>
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

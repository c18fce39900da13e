"use client";
import { useRef } from "react";
import { PlotDownload } from "@/components/plots/plot-download";
import { Panel } from "@/components/ui/panel";
import { toCsv } from "@/components/ui/save-file";
import { formatScore, scoreTitle } from "@/lib/comparison/score-words";
import { gridShade, shapeGridOfSides } from "@/lib/comparison/shape-grid";
import type { ComparedSide, ScoreOfSides } from "@/lib/contract/comparison";
import { formatInteger } from "@/lib/numbers/format";
import { Matrix, type MatrixProps } from "./matrix";
import { MatrixFigure } from "./matrix-figure";

/** A score over k and numLatents of STAN sides that differ only in these; nothing if there are fewer than two of each. */
export function ShapePanel({ sides, score }: { readonly sides: readonly ComparedSide[]; readonly score: ScoreOfSides }) {
  const svg = useRef<SVGSVGElement>(null);
  const map = shapeGridOfSides(sides, score);
  if (map === null) return null;
  const csv = () =>
    toCsv(
      ["k", ...map.sizes.map((size) => `numLatents ${size}`)],
      map.ks.map((k, row) => [k, ...(map.cells[row] ?? [])]),
    );
  const matrix: MatrixProps = {
    caption: `${scoreTitle(score)} by k and numLatents`,
    corner: "k \\ numLatents",
    columns: map.sizes.map(formatInteger),
    rows: map.ks.map((k, row) => ({ name: formatInteger(k), values: map.cells[row] ?? [] })),
    format: (value) => formatScore(score, value),
    shade: gridShade(map, score.better),
  };
  return (
    <Panel
      title="k × numLatents"
      fold="Score at each size"
      className="c6"
      aside={
        <>
          <span className="small dim">{scoreTitle(score)}, mean over runs</span>
          <PlotDownload name="comparison-k-by-latents" svgRef={svg} csv={csv} />
        </>
      }
    >
      <Matrix {...matrix} />
      <div hidden>
        <MatrixFigure svgRef={svg} {...matrix} />
      </div>
      <p className="note">Colours rank these cells from best to worst; they do not imply statistical significance.</p>
    </Panel>
  );
}

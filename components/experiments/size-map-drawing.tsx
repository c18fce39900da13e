import type { RefObject } from "react";
import { Drawing } from "@/components/plots/drawing";
import { rampColour } from "@/components/plots/ramp";
import { gridShade, type ShapeGrid } from "@/lib/comparison/shape-grid";
import { formatFixed, formatInteger, notMeasured } from "@/lib/numbers/format";

const [cellWidth, cellHeight, gap, left, top] = [92, 36, 2, 76, 30];
/** Only the lighter steps of a ramp, so that the number on them stays readable. */
const palest = 8 / 5;

type SizeMapDrawingProps = { readonly svgRef: RefObject<SVGSVGElement | null>; readonly grid: ShapeGrid; readonly label: string };

/** Numbers on k × numLatents, teal better, rose worse. */
export function SizeMapDrawing({ svgRef, grid, label }: SizeMapDrawingProps) {
  const shade = gridShade(grid, "lower");
  const width = left + grid.sizes.length * cellWidth;
  const height = top + grid.ks.length * cellHeight;
  return (
    <Drawing ref={svgRef} label={label} width={width} height={height}>
      <text x={left - 8} y={top - 10} textAnchor="end">
        k \ M
      </text>
      {grid.sizes.map((size, column) => (
        <text key={size} x={left + (column + 0.5) * cellWidth} y={top - 10} textAnchor="middle">
          {formatInteger(size)}
        </text>
      ))}
      {grid.ks.map((k, row) => (
        <g key={k} transform={`translate(0 ${top + row * cellHeight})`}>
          <text x={left - 8} y={cellHeight / 2 + 4} textAnchor="end">
            {formatInteger(k)}
          </text>
          {grid.sizes.map((size, column) => {
            const loss = grid.cells[row]?.[column] ?? null;
            return (
              <g key={size} transform={`translate(${left + column * cellWidth} 0)`}>
                <rect
                  width={cellWidth - gap}
                  height={cellHeight - gap}
                  rx={2}
                  fill={loss === null ? "var(--sunken)" : colourOf(shade(loss))}
                />
                <text x={(cellWidth - gap) / 2} y={cellHeight / 2 + 3} textAnchor="middle" className="ink">
                  {loss === null ? notMeasured : formatFixed(loss, 4)}
                </text>
              </g>
            );
          })}
        </g>
      ))}
    </Drawing>
  );
}

function colourOf(shade: number): string {
  if (Math.abs(shade) < 0.1) return "var(--sunken)";
  return rampColour(Math.abs(shade) / palest, 1, shade < 0 ? "kl" : "worse");
}

import type { RefObject } from "react";
import { rampColour } from "@/components/plots/ramp";
import { formatFixed, formatInteger, notMeasured } from "@/lib/numbers/format";
import type { SizeMap } from "./size-map";

const [cellWidth, cellHeight, gap, left, top] = [92, 36, 2, 76, 30];
/** Only the lighter steps of a ramp, so that the number on them stays readable. */
const palest = 8 / 5;

type SizeMapDrawingProps = { readonly svgRef: RefObject<SVGSVGElement | null>; readonly map: SizeMap; readonly label: string };

/** Numbers on k × numLatents, teal better, rose worse. */
export function SizeMapDrawing({ svgRef, map, label }: SizeMapDrawingProps) {
  const losses = map.cells.flat().filter((loss) => loss !== null);
  const [best, worst] = [Math.min(...losses), Math.max(...losses)];
  const middle = (best + worst) / 2;
  const width = left + map.sizes.length * cellWidth;
  const height = top + map.ks.length * cellHeight;
  return (
    <svg ref={svgRef} role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} width={width} height={height}>
      <text x={left - 8} y={top - 10} textAnchor="end">
        k \ M
      </text>
      {map.sizes.map((size, column) => (
        <text key={size} x={left + (column + 0.5) * cellWidth} y={top - 10} textAnchor="middle">
          {formatInteger(size)}
        </text>
      ))}
      {map.ks.map((k, row) => (
        <g key={k} transform={`translate(0 ${top + row * cellHeight})`}>
          <text x={left - 8} y={cellHeight / 2 + 4} textAnchor="end">
            {formatInteger(k)}
          </text>
          {map.sizes.map((size, column) => {
            const loss = map.cells[row]?.[column] ?? null;
            return (
              <g key={size} transform={`translate(${left + column * cellWidth} 0)`}>
                <rect
                  width={cellWidth - gap}
                  height={cellHeight - gap}
                  rx={2}
                  fill={loss === null ? "var(--sunken)" : colourOf(loss - middle, worst - middle)}
                />
                <text x={(cellWidth - gap) / 2} y={cellHeight / 2 + 3} textAnchor="middle" className="ink">
                  {loss === null ? notMeasured : formatFixed(loss, 4)}
                </text>
              </g>
            );
          })}
        </g>
      ))}
    </svg>
  );
}

function colourOf(above: number, half: number): string {
  if (!(half > 0) || Math.abs(above) < half / 10) return "var(--sunken)";
  return rampColour(Math.abs(above) / (half * palest), 1, above < 0 ? "kl" : "worse");
}

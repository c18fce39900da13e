import type { RefObject } from "react";
import { Drawing } from "@/components/plots/drawing";
import { cellColour, type MatrixProps } from "./matrix";

const [cellHeight, gap, top, foot] = [38, 2, 30, 24];

/** A matrix as one SVG, for download. */
export function MatrixFigure({
  svgRef,
  caption,
  corner,
  columns,
  rows,
  format,
  shade,
}: MatrixProps & { readonly svgRef: RefObject<SVGSVGElement | null> }) {
  const left = 16 + 6.6 * Math.max(corner.length, ...rows.map(({ name }) => name.length));
  const cellWidth = Math.max(74, 8 + 6.6 * Math.max(0, ...columns.map((column) => column.length)));
  const width = left + columns.length * cellWidth + 8;
  const height = top + rows.length * cellHeight + foot;
  return (
    <Drawing ref={svgRef} label={caption} width={width} height={height}>
      <text x={left - 8} y={top - 10} textAnchor="end">
        {corner}
      </text>
      {columns.map((column, place) => (
        <text key={column} x={left + (place + 0.5) * cellWidth} y={top - 10} textAnchor="middle">
          {column}
        </text>
      ))}
      {rows.map(({ name, values }, row) => (
        <g key={name} transform={`translate(0 ${top + row * cellHeight})`}>
          <text x={left - 8} y={cellHeight / 2 + 4} textAnchor="end">
            {name}
          </text>
          {values.map((value, place) => (
            <g key={columns[place]} transform={`translate(${left + place * cellWidth} 0)`}>
              <rect
                width={cellWidth - gap}
                height={cellHeight - gap}
                rx={2}
                fill={value === null ? "var(--surface)" : cellColour(shade(value, { row, column: place }))}
              />
              <text x={(cellWidth - gap) / 2} y={cellHeight / 2 + 3} textAnchor="middle" className="ink">
                {value === null ? "–" : format(value)}
              </text>
            </g>
          ))}
        </g>
      ))}
      <text x={8} y={height - 8}>
        {caption}
      </text>
    </Drawing>
  );
}

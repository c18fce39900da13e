"use client";
import { useState } from "react";
import styles from "./brush.module.css";
import { type HeatCell, layOutHeatMap } from "./heat-map-layout";
import { Measured } from "./measured";
import { type Ramp, rampColour } from "./ramp";

type HeatMapProps = {
  readonly label: string;
  readonly cells: readonly HeatCell[];
  /** Top of the colour scale. */
  readonly max: number;
  readonly ramp: Ramp;
  readonly columnLabel: string;
  readonly isChosen: (cell: HeatCell) => boolean;
  readonly onChoose: (cell: HeatCell) => void;
  readonly onChooseRow?: (row: string) => void;
  readonly onChooseColumn?: (column: number) => void;
};

/** One value on rows × columns. A cell, a row's name or a column's name can be chosen. */
export function HeatMap({ cells, ...rest }: HeatMapProps) {
  return (
    <Measured height={(width) => layOutHeatMap(cells, width).height}>
      {(width) => <HeatMapDrawing cells={cells} {...rest} width={width} />}
    </Measured>
  );
}

/** The map at a known width. */
export function HeatMapDrawing({
  label,
  cells,
  max,
  ramp,
  columnLabel,
  isChosen,
  onChoose,
  onChooseRow,
  onChooseColumn,
  width,
}: HeatMapProps & { readonly width: number }) {
  const [pointed, setPointed] = useState<HeatCell | null>(null);
  const layout = layOutHeatMap(cells, width);
  const hovered = layout.cells.find((cell) => cell.row === pointed?.row && cell.column === pointed.column);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand in a drawing
    <svg
      width={width}
      height={layout.height}
      viewBox={`0 0 ${width} ${layout.height}`}
      role="group"
      aria-label={label}
      onPointerLeave={() => setPointed(null)}
    >
      {layout.cells.map((cell) => (
        // biome-ignore lint/a11y/useSemanticElements: a button cannot stand in a drawing
        <rect
          key={`${cell.row} ${cell.column}`}
          className={styles["cell"]}
          x={cell.x}
          y={cell.y}
          width={cell.width}
          height={cell.height}
          rx={2}
          fill={cell.value === null ? "var(--sunken)" : rampColour(cell.value, max, ramp)}
          stroke={isChosen(cell) ? "var(--accent)" : "var(--line)"}
          strokeWidth={isChosen(cell) ? 2 : 0.5}
          role="button"
          tabIndex={0}
          aria-pressed={isChosen(cell)}
          aria-label={cell.title}
          onPointerEnter={() => setPointed(cell)}
          onFocus={() => setPointed(cell)}
          onBlur={() => setPointed(null)}
          onClick={() => onChoose(cell)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" && event.key !== " ") return;
            event.preventDefault();
            onChoose(cell);
          }}
        />
      ))}
      {layout.rows.map((row, index) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: every cell of the row can be chosen with the keyboard
        <text
          key={row}
          x={layout.left - 8}
          y={(layout.cells.find((cell) => cell.row === row)?.y ?? index * 26) + 16}
          textAnchor="end"
          className="mid"
          style={{ cursor: onChooseRow === undefined ? "default" : "pointer", fontFamily: "var(--mono)" }}
          onClick={() => onChooseRow?.(row)}
        >
          {row}
        </text>
      ))}
      {layout.labels.map(({ column, x }) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: every cell of the column can be chosen with the keyboard
        <text
          key={column}
          x={x}
          y={layout.bottom + 13}
          textAnchor="middle"
          className={cells.some((cell) => cell.column === column && isChosen(cell)) ? "ink b" : ""}
          style={{ cursor: onChooseColumn === undefined ? "default" : "pointer" }}
          onClick={() => onChooseColumn?.(column)}
        >
          {column}
        </text>
      ))}
      <text x={layout.left - 8} y={layout.bottom + 13} textAnchor="end">
        {columnLabel}
      </text>
      {hovered !== undefined && <Title text={hovered.title} x={hovered.x + hovered.width / 2} width={width} />}
    </svg>
  );
}

function Title({ text, x, width }: { readonly text: string; readonly x: number; readonly width: number }) {
  const half = text.length * 2.9;
  return (
    <g pointerEvents="none">
      <line x1={x} x2={x} y1={18} y2={24} stroke="var(--ink-3)" />
      <text x={Math.min(width - half, Math.max(half, x))} y={13} textAnchor="middle" className="ink">
        {text}
      </text>
    </g>
  );
}

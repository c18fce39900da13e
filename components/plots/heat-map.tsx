"use client";
import { type KeyboardEvent, type MouseEvent, useState } from "react";
import styles from "./brush.module.css";
import { chosenFrame, type HeatCell, type HeatMapLayout, type HeatPlace, layOutHeatMap, nextPlace } from "./heat-map-layout";
import { Measured } from "./measured";
import { type Ramp, rampColour, rampInk } from "./ramp";

type HeatMapProps = {
  readonly label: string;
  readonly cells: readonly HeatCell[];
  /** Top of the colour scale. */
  readonly max: number;
  readonly ramp: Ramp;
  readonly columnLabel: string;
  readonly isChosen: (cell: HeatCell) => boolean;
  /** `isExtending` when shift is held: from what was chosen before to here. */
  readonly onChoose: (cell: HeatCell, isExtending: boolean) => void;
  readonly onChooseRow?: (row: string) => void;
  readonly onChooseColumn?: (column: number, isExtending: boolean) => void;
  /** What stands at the right end of a row, where there is room. */
  readonly rowNotes?: ReadonlyMap<string, string>;
};

const noteWidth = 76;
const leastWidthWithNotes = 640;

/** One value on rows × columns. A cell, a row's name or a column's name can be chosen; the arrow keys move among them. */
export function HeatMap({ cells, ...rest }: HeatMapProps) {
  return (
    <Measured height={(width) => layOutHeatMap(cells, width).height}>
      {(width) => <HeatMapDrawing cells={cells} {...rest} width={width} />}
    </Measured>
  );
}

/** The map at a known width. */
export function HeatMapDrawing(props: HeatMapProps & { readonly width: number }) {
  const { label, cells, max, ramp, columnLabel, isChosen, onChoose, onChooseRow, onChooseColumn, rowNotes, width } = props;
  const [pointed, setPointed] = useState<HeatCell | null>(null);
  const [wanted, setWanted] = useState<HeatPlace>({ row: 0, column: 0 });
  const hasNotes = rowNotes !== undefined && width >= leastWidthWithNotes;
  const layout = layOutHeatMap(cells, width, hasNotes ? noteWidth : 0);
  const frame = chosenFrame(layout, isChosen);
  const hovered = layout.cells.find((cell) => cell.row === pointed?.row && cell.column === pointed.column);
  const places = placesOf(layout, { hasRows: onChooseRow !== undefined, hasColumns: onChooseColumn !== undefined });
  const active = places.find((place) => isSame(place, wanted)) ?? places[0] ?? wanted;
  const move = (event: KeyboardEvent<SVGSVGElement>) => {
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const next = nextPlace(places, active, event.key);
    setWanted(next);
    const target = event.currentTarget.querySelector(`[data-place="${next.row},${next.column}"]`);
    if (target instanceof SVGElement) target.focus();
  };
  /** What makes an element one that a click, Enter or space chooses. */
  const choosable = (place: HeatPlace, name: string, choose: (isExtending: boolean) => void) => ({
    tabIndex: isSame(place, active) ? 0 : -1,
    "data-place": `${place.row},${place.column}`,
    "aria-label": name,
    onClick: (event: MouseEvent) => {
      setWanted(place);
      choose(event.shiftKey);
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(event.shiftKey);
    },
  });
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot stand in a drawing
    <svg
      width={width}
      height={layout.height}
      viewBox={`0 0 ${width} ${layout.height}`}
      role="group"
      aria-label={label}
      onPointerLeave={() => setPointed(null)}
      onKeyDown={move}
    >
      {layout.cells.map((cell) => (
        // biome-ignore lint/a11y/useSemanticElements: a button cannot stand in a drawing
        <rect
          key={`${cell.row} ${cell.column}`}
          role="button"
          className={styles["cell"]}
          x={cell.x}
          y={cell.y}
          width={cell.width}
          height={cell.height}
          rx={2}
          fill={cell.value === null ? "var(--sunken)" : rampColour(cell.value, max, ramp)}
          stroke={frame === null && isChosen(cell) ? "var(--accent)" : "var(--line)"}
          strokeWidth={frame === null && isChosen(cell) ? 2 : 0.5}
          aria-pressed={isChosen(cell)}
          onPointerEnter={() => setPointed(cell)}
          onFocus={() => setPointed(cell)}
          onBlur={() => setPointed(null)}
          {...choosable({ row: cell.rowIndex, column: cell.columnIndex }, cell.title, (isExtending) => onChoose(cell, isExtending))}
        />
      ))}
      <CellTexts cells={layout.cells} max={max} ramp={ramp} />
      {frame !== null && <rect {...frame} rx={3} fill="none" stroke="var(--accent)" strokeWidth={1.5} pointerEvents="none" />}
      {layout.rows.map((row, index) => (
        <text
          key={row}
          className={`mid ${styles["cell"]}`}
          x={layout.left - 8}
          y={(layout.cells.find((cell) => cell.row === row)?.y ?? 0) + 16}
          textAnchor="end"
          style={{ cursor: onChooseRow === undefined ? "default" : "pointer", fontFamily: "var(--mono)" }}
          {...(onChooseRow === undefined
            ? {}
            : { role: "button", ...choosable({ row: index, column: -1 }, `All of ${row}`, () => onChooseRow(row)) })}
        >
          {row}
        </text>
      ))}
      {layout.labels.map(({ column, columnIndex, x }) => (
        <text
          key={column}
          className={layout.cells.some((cell) => cell.column === column && isChosen(cell)) ? `ink b ${styles["cell"]}` : styles["cell"]}
          x={x}
          y={layout.bottom + 13}
          textAnchor="middle"
          style={{ cursor: onChooseColumn === undefined ? "default" : "pointer" }}
          {...(onChooseColumn === undefined
            ? {}
            : {
                role: "button",
                ...choosable({ row: layout.rows.length, column: columnIndex }, `All of ${columnLabel} ${column}`, (isExtending) =>
                  onChooseColumn(column, isExtending),
                ),
              })}
        >
          {column}
        </text>
      ))}
      <text x={layout.left - 8} y={layout.bottom + 13} textAnchor="end">
        {columnLabel}
      </text>
      {hasNotes &&
        layout.rows.map((row) => (
          <text key={row} x={layout.right + 8} y={(layout.cells.find((cell) => cell.row === row)?.y ?? 0) + 16} className="mid">
            {rowNotes.get(row) ?? ""}
          </text>
        ))}
      {hovered !== undefined && <Title text={hovered.title} x={hovered.x + hovered.width / 2} width={width} />}
    </svg>
  );
}

function CellTexts({ cells, max, ramp }: Pick<HeatMapProps, "max" | "ramp"> & { readonly cells: HeatMapLayout["cells"] }) {
  const written = cells.filter(({ text }) => text !== "");
  if (written.length === 0) return null;
  return (
    <g pointerEvents="none" textAnchor="middle">
      {written.map(({ row, column, x, y, width, value, text }) => (
        <text
          key={`${row} ${column}`}
          x={x + width / 2}
          y={y + 16}
          style={{ fill: value === null ? "var(--ink-3)" : rampInk(value, max, ramp) }}
        >
          {text}
        </text>
      ))}
    </g>
  );
}

function isSame(one: HeatPlace, other: HeatPlace): boolean {
  return one.row === other.row && one.column === other.column;
}

function placesOf(layout: HeatMapLayout, { hasRows, hasColumns }: { hasRows: boolean; hasColumns: boolean }): HeatPlace[] {
  return [
    ...layout.cells.map((cell) => ({ row: cell.rowIndex, column: cell.columnIndex })),
    ...(hasRows ? layout.rows.map((_, row) => ({ row, column: -1 })) : []),
    ...(hasColumns ? layout.labels.map(({ columnIndex }) => ({ row: layout.rows.length, column: columnIndex })) : []),
  ];
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

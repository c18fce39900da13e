import type { PointerEvent } from "react";
import { rampColour } from "@/components/plots/ramp";
import { classNames } from "@/components/ui/class-names";
import { activationWords } from "./activation-words";
import type { PositionsProps } from "./drawing";
import { cellOf, type HeatGridPart, heatPaths, placeAt, rowsOf } from "./heat-cells";
import styles from "./positions.module.css";

/**
 * Positions as cells of a grid in the colours of their activation, beside the image that they are patches of and over a pale copy of it. Those that are
 * no cell stand above; the peak is outlined.
 */
export function HeatGrid(props: PositionsProps) {
  const { image } = props;
  return (
    <span className={styles["input"]}>
      <Leading {...props} />
      <span className={styles["pair"]}>
        {image !== null && (
          // biome-ignore lint/performance/noImgElement: the server has it in its size already
          <img className={styles["image"]} src={image.src} alt={image.alt} loading="lazy" decoding="async" />
        )}
        <Cells {...props} />
      </span>
    </span>
  );
}

function Cells({ image, colourMax, ramp = "act", peak, pointed, onPoint, ...props }: PositionsProps) {
  const grid = props.grid ?? { columns: 1, leading: 0 };
  const part: HeatGridPart = { ...props, grid };
  const rows = rowsOf(part);
  const pointAt = (event: PointerEvent) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    onPoint(placeAt(part, (event.clientX - left) / width, (event.clientY - top) / height));
  };
  const outlined = (place: number | null) => place !== null && props.first + place >= grid.leading && cellOf(props.first + place, grid);
  const peakCell = props.positions[peak ?? -1]?.activation ? outlined(peak) : false;
  const pointedCell = outlined(pointed);
  return (
    <span className={styles["cells"]} style={image === null ? { width: `${grid.columns * 14}px` } : {}}>
      {image !== null && (
        // biome-ignore lint/performance/noImgElement: of what is beside it, which has the words
        <img className={styles["pale"]} src={image.under ?? image.src} alt="" loading="lazy" decoding="async" />
      )}
      <svg
        viewBox={`0 0 ${grid.columns} ${rows}`}
        aria-hidden="true"
        onPointerMove={pointAt}
        onPointerDown={pointAt}
        onPointerLeave={() => onPoint(null)}
        preserveAspectRatio="none"
      >
        {heatPaths(part, colourMax, ramp).map(({ fill, path }) => (
          <path key={fill} d={path} className={styles[fill === null ? "outside" : "fired"]} style={fill === null ? {} : { fill }} />
        ))}
        {peakCell && <rect x={peakCell.column} y={peakCell.row} width={1} height={1} className={styles["strongest"]} />}
        {pointedCell && <rect x={pointedCell.column} y={pointedCell.row} width={1} height={1} className={styles["pointed"]} />}
      </svg>
    </span>
  );
}

/** The class token and registers: positions that are no cell, each with its name. */
function Leading({ kind, positions, from, to, first, grid, peak, colourMax, ramp = "act", pointed, onPoint }: PositionsProps) {
  const end = Math.min(to, (grid?.leading ?? 0) - first);
  if (end <= from) return null;
  return (
    <span className={styles["leading"]}>
      {positions.slice(from, end).map(({ activation }, offset) => {
        const place = from + offset;
        const name = kind.name({ position: first + place, grid });
        return (
          <span
            key={place}
            className={classNames(
              place === peak && activation !== 0 && styles["peakname"],
              activation === null && styles["unknown"],
              place === pointed && styles["here"],
            )}
            style={activation === null ? {} : { background: rampColour(activation, colourMax, ramp), ...inkOn(activation) }}
            title={`${name}: ${activationWords(activation)}`}
            onPointerEnter={() => onPoint(place)}
            onPointerDown={() => onPoint(place)}
            onPointerLeave={() => onPoint(null)}
          >
            {place === 0 && first === 0 ? name : `${first + place}`}
          </span>
        );
      })}
    </span>
  );
}

function inkOn(activation: number) {
  return activation === 0 ? {} : { color: "var(--act-ink)" };
}

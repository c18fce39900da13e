import { rampColour } from "@/components/plots/ramp";
import { classNames } from "@/components/ui/class-names";
import { activationWords } from "./activation-words";
import type { PositionsProps } from "./drawing";
import styles from "./positions.module.css";

/** Positions as cells of a grid in the colours of their activation, each at its place in the input; the peak is outlined. */
export function HeatGrid({ kind, positions, from, to, first, columns, peak, colourMax, pointed, onPoint }: PositionsProps) {
  const width = columns ?? 1;
  return (
    <span className={styles["grid"]} style={{ gridTemplateColumns: `repeat(${width}, 14px)` }}>
      {positions.slice(from, to).map(({ activation }, offset) => {
        const place = from + offset;
        const position = first + place;
        return (
          <span
            key={place}
            className={classNames(
              styles["cell"],
              place === peak && activation !== 0 && styles["strongest"],
              activation === null && styles["outside"],
              place === pointed && styles["here"],
            )}
            style={{
              gridColumn: (position % width) + 1,
              ...(activation === null ? {} : { background: rampColour(activation, colourMax, "act") }),
            }}
            title={`${kind.name({ position, columns })}: ${activationWords(activation)}`}
            onPointerEnter={() => onPoint(place)}
            onPointerLeave={() => onPoint(null)}
          />
        );
      })}
    </span>
  );
}

import { rampColour } from "@/components/plots/ramp";
import styles from "./text.module.css";

/** Cells of a strip; a longer text has several tokens in each, of which the strongest is drawn. */
const mostCells = 96;

/** Where in a text a latent fires, as wide as its column: the text from its first token to its last. */
export function WhereStrip({ values, max }: { readonly values: ArrayLike<number>; readonly max: number }) {
  const cells = strongestByCell(values, mostCells);
  return (
    <svg className={styles["where"]} viewBox={`0 0 ${cells.length} 1`} preserveAspectRatio="none" aria-hidden="true">
      {cells.map((value, cell) =>
        value === 0 ? null : (
          // biome-ignore lint/suspicious/noArrayIndexKey: cells stand where they stand
          <rect key={cell} x={cell} y={0} width={1} height={1} fill={rampColour(value, max, "act")} />
        ),
      )}
    </svg>
  );
}

/** @returns at most `most` values: each the one of largest size among those of its cell */
export function strongestByCell(values: ArrayLike<number>, most: number): number[] {
  const cells = Math.min(most, values.length);
  const strongest = new Array<number>(cells).fill(0);
  for (let at = 0; at < values.length; at++) {
    const cell = Math.floor((at * cells) / values.length);
    const value = values[at] ?? 0;
    if (Math.abs(value) > Math.abs(strongest[cell] ?? 0)) strongest[cell] = value;
  }
  return strongest;
}

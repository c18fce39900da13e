import { rampColour } from "@/components/plots/ramp";
import { ScrollBox } from "@/components/ui/scroll-box";
import styles from "./compare.module.css";

export type MatrixProps = {
  /** What the matrix shows, for screen readers. */
  readonly caption: string;
  readonly corner: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  readonly format: (value: number) => string;
  /** From −1 (better) to 1 (worse); in between paler. */
  readonly shade: (value: number, at: { readonly row: number; readonly column: number }) => number;
};

/** Numbers in rows and columns, each on a colour: teal better, rose worse. */
export function Matrix({ caption, corner, columns, rows, format, shade }: MatrixProps) {
  return (
    <ScrollBox label={caption}>
      <table className={styles["matrix"]}>
        <caption className="vh">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{corner}</th>
            {columns.map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, values }, row) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {values.map((value, place) => (
                <td
                  key={columns[place]}
                  style={value === null ? undefined : { background: cellColour(shade(value, { row, column: place })) }}
                >
                  {value === null ? "–" : format(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

/** Only the lighter steps of a ramp, so that the number on them stays readable. */
export function cellColour(shade: number): string {
  const size = Math.min(1, Math.abs(shade)) * 5;
  return size < 0.5 ? "var(--sunken)" : rampColour(size, 8, shade < 0 ? "kl" : "worse");
}

import { MarkShape } from "@/components/plots/mark";
import styles from "./compare.module.css";
import type { ScatterSeries } from "./scatter-layout";

/** The legend of marks and lines. */
export function MethodLegend({ series, note }: { readonly series: readonly ScatterSeries[]; readonly note: string }) {
  return (
    <div className={`legend ${styles["legend"]}`}>
      {series.map(({ key, label, mark }) => (
        <span key={key}>
          <svg width={10} height={10} aria-hidden="true">
            <MarkShape mark={mark} x={5} y={5} radius={4} />
          </svg>
          {label}
        </span>
      ))}
      <span className="dim">{note}</span>
    </div>
  );
}

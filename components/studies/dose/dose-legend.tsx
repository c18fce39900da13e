import { type Mark, markColour } from "@/components/plots/mark";
import styles from "@/components/studies/studies.module.css";
import type { DoseRequest } from "@/lib/contract/study";
import { formatPlural } from "@/lib/numbers/format";
import type { DoseMarks } from "./dose-marks";

type DoseLegendProps = {
  readonly mark: Mark;
  readonly request: Pick<DoseRequest, "values">;
  readonly result: { readonly controls: readonly { readonly points: readonly unknown[] }[] };
  readonly marks: Pick<DoseMarks, "setNow" | "seen">;
  /** False of a single text, over which there is no mean. */
  readonly hasInterval?: boolean;
};

/** What the lines and grounds of the plots are. */
export function DoseLegend({ mark, request, result, marks, hasInterval = true }: DoseLegendProps) {
  const controls = result.controls.length;
  const begun = result.controls.filter(({ points }) => points.length > 0).length;
  const isCut = marks.seen !== null && request.values.some((value) => value < (marks.seen?.[0] ?? 0) || value > (marks.seen?.[1] ?? 0));
  return (
    <div className="legend">
      <span style={{ color: markColour(mark) }}>
        <i />
        <span className="mid">this latent{hasInterval ? ", 95 % interval" : ""}</span>
      </span>
      {controls > 0 && (
        <span className="c-base">
          <i className="bd" style={{ opacity: 0.35 }} />
          <span className="mid">
            {begun < controls ? `${begun} of ` : ""}
            {formatPlural(controls, "random latent")}, lowest to highest
          </span>
        </span>
      )}
      <span style={{ color: markColour(mark) }}>
        <i style={{ borderTopStyle: "dashed" }} />
        <span className="mid">unchanged adapter</span>
      </span>
      <span className="c-base">
        <i style={{ borderTopStyle: "dotted" }} />
        <span className="mid">base model</span>
      </span>
      {marks.setNow !== null && (
        <span className="c-acc">
          <i className={styles["now"]} />
          <span className="mid">set now</span>
        </span>
      )}
      {isCut && (
        <span>
          <i className={styles["hatch"]} />
          <span className="mid">never seen</span>
        </span>
      )}
    </div>
  );
}

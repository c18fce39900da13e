import styles from "@/components/studies/studies.module.css";
import { tooFewWords } from "@/lib/numbers/statistics/enough-examples";
import type { DoseCurve } from "./dose-curves";
import { doseVerdict } from "./dose-verdict";

type DoseVerdictsProps = {
  readonly curves: readonly DoseCurve[];
  readonly nameOf: (value: number) => string;
  readonly prompts: number;
};

/** What the intervals allow to be said, quantity by quantity. */
export function DoseVerdicts({ curves, nameOf, prompts }: DoseVerdictsProps) {
  const verdicts = curves.filter(({ isMore }) => !isMore).flatMap((curve) => doseVerdict(curve, nameOf) ?? []);
  const undecided = verdicts.filter(({ excludesZero }) => !excludesZero).map(({ title }) => title);
  const random = Math.max(0, ...curves.flatMap(({ band }) => band.map(({ count }) => count)));
  return (
    <div className="stack gap-6 small">
      {verdicts.length === 0 ? (
        <p className="note">{tooFewWords(prompts) || "Too few measurements to compare"}.</p>
      ) : (
        <ul className={`stack ${styles["verdicts"]}`}>
          {verdicts
            .filter(({ excludesZero }) => excludesZero)
            .map(({ key, sentence }) => (
              <li key={key}>{sentence}</li>
            ))}
          {undecided.length > 0 && (
            <li className="mid">
              Not distinguishable from {random > 0 ? "the random latents" : "the unchanged adapter"} at any value: {undecided.join("; ")}.
            </li>
          )}
        </ul>
      )}
      {random > 0 && (
        <p className="note">
          Intervals are over prompts or rows, of the KL and of each change from the unchanged adapter. A value counts where the whole
          interval lies beyond the means of all {random} random latents. One latent more would have the highest mean of {random + 1} at one
          value in {random + 1} by chance alone.
        </p>
      )}
    </div>
  );
}

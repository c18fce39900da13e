import { formatPercent } from "@/lib/numbers/format";
import { injectedNorm } from "./arm-numbers";
import type { Generation } from "./generation";
import styles from "./generation.module.css";

/** How much the edits change what a module computes, beside the frozen product: mean and largest over the edited arm's tokens. */
export function NormGauge({ generation }: { readonly generation: Generation }) {
  const norm = injectedNorm(generation.arms.edited?.tokens ?? []);
  if (norm === null) return null;
  const top = Math.max(0.6, norm.most * 1.1);
  const place = (value: number) => `${(100 * value) / top}%`;
  return (
    <div className={styles["gauge"]}>
      <div className="row between small">
        <span className="strong">Injected norm</span>
        <span className="mid">‖change‖ / ‖W₀x‖ at each token</span>
      </div>
      <div className={styles["track"]} aria-hidden="true">
        <i className={styles["most"]} style={{ width: place(norm.most) }} />
        <i className={styles["mean"]} style={{ width: place(norm.mean) }} />
      </div>
      <div className="row between tiny mid">
        <span>
          mean {formatPercent(norm.mean, 1)}, most {formatPercent(norm.most, 1)}
        </span>
        <span className="dim">{formatPercent(top, 0)}</span>
      </div>
      <p className="note">
        {norm.most > 1
          ? "Somewhere the edit outweighs the frozen product itself: what follows is far from what the model knows."
          : "Of the edited modules the largest, token by token."}
      </p>
    </div>
  );
}

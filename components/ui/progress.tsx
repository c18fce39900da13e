import type { ReactNode } from "react";

type ProgressProps = {
  label: string;
  done: number;
  /** Null while the end is not known. */
  total: number | null;
  /** Grey when nothing is moving: queued, paused. */
  isLive?: boolean;
};

/** How far something has come. Words beside it are the caller's: see `ProgressLine`. */
export function Progress({ label, done, total, isLive = true }: ProgressProps) {
  const share = total === null || total <= 0 ? null : Math.min(1, Math.max(0, done / total));
  return (
    <div
      className="bar"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(share * 100)}
    >
      {share === null ? (
        isLive ? (
          <i className="unknown" />
        ) : null
      ) : (
        <i className={isLive ? undefined : "plain"} style={{ transform: `scaleX(${share})` }} />
      )}
    </div>
  );
}

/** A bar under a line that says what is done, and at its right how much, how fast and how long still. */
export function ProgressLine({ head, facts, ...bar }: ProgressProps & { head: ReactNode; facts: ReactNode }) {
  return (
    <div className="stack">
      <div className="row between wrap small">
        {head}
        <span className="mid">{facts}</span>
      </div>
      <Progress {...bar} />
    </div>
  );
}

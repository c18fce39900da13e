import { type Mark, MarkShape, markColour } from "./mark";

type IntervalMarkProps = {
  /** Pixels of the value and of the ends of its interval; null without one. */
  readonly at: number;
  readonly ends: readonly [from: number, to: number] | null;
  /** Which ends are drawn as arrows: there the interval is longer than its axis. */
  readonly isCut?: readonly [boolean, boolean];
  readonly y: number;
  /** Whose value it is; a plain dot in ink without one. */
  readonly mark?: Mark;
  readonly radius?: number;
  /** Whether the interval excludes 0; otherwise the mark is a grey ring, whoever it is of. */
  readonly excludesZero: boolean;
};

/** Length of an arrow's legs along either axis, pixels. */
const arrow = 4;

/** A value with its 95 % interval: filled and in its colour if the interval excludes 0, hollow and grey otherwise. */
export function IntervalMark({ at, ends, isCut = [false, false], y, mark, radius = 3.6, excludesZero }: IntervalMarkProps) {
  const colour = !excludesZero ? "var(--ink-3)" : mark === undefined ? "var(--ink)" : markColour(mark);
  return (
    <>
      {ends !== null && <line x1={ends[0]} x2={ends[1]} y1={y} y2={y} stroke={colour} strokeWidth={radius > 4 ? 2 : 1.75} />}
      {ends !== null && isCut[0] && (
        <path d={`M${ends[0] + arrow},${y - arrow}l${-arrow},${arrow}l${arrow},${arrow}`} fill="none" stroke={colour} strokeWidth={1.5} />
      )}
      {ends !== null && isCut[1] && (
        <path d={`M${ends[1] - arrow},${y - arrow}l${arrow},${arrow}l${-arrow},${arrow}`} fill="none" stroke={colour} strokeWidth={1.5} />
      )}
      {!excludesZero ? (
        <circle cx={at} cy={y} r={radius - 0.25} fill="var(--surface)" stroke={colour} strokeWidth={1.5} />
      ) : mark === undefined ? (
        <circle cx={at} cy={y} r={radius} fill={colour} />
      ) : (
        <MarkShape mark={mark} x={at} y={y} radius={radius} />
      )}
    </>
  );
}

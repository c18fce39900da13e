export type Observation = { at: number; done: number };

/** How long the observations that a rate is taken from reach back. */
const reachMs = 20_000;

/** Adds an observation; those too old, or from before a new start, are dropped. */
export function observe(before: readonly Observation[], next: Observation): Observation[] {
  const last = before.at(-1);
  if (last && last.done === next.done) return [...before];
  const isRestarted = last !== undefined && next.done < last.done;
  return [...(isRestarted ? [] : before.filter((one) => next.at - one.at <= reachMs)), next];
}

/** Units a second over the last 20 s, and the seconds left at that rate; null before two observations a second apart. */
export function rateOf(
  observations: readonly Observation[],
  total: number | null,
): { perSecond: number; secondsLeft: number | null } | null {
  const first = observations[0];
  const last = observations.at(-1);
  if (!first || !last || last.at - first.at < 1000 || last.done <= first.done) return null;
  const perSecond = ((last.done - first.done) / (last.at - first.at)) * 1000;
  return { perSecond, secondsLeft: total === null ? null : Math.max(0, total - last.done) / perSecond };
}

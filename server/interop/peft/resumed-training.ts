/** An entry of a trainer's log; `seconds` since the training was last taken up, null where nothing is said. */
type Timed = { readonly step: number; readonly seconds: number | null };

/**
 * A log that is written on when a training is resumed, as if the training had never stopped. Where the steps go back, what was logged from there on is
 * gone with the weights; where they or the clock do, times count on from those before.
 *
 * @returns the entries that hold, in order, with seconds since the beginning
 */
export function asOneTraining<Entry extends Timed>(entries: readonly Entry[]): Entry[] {
  const held: Entry[] = [];
  let [before, clock] = [0, 0];
  for (const entry of entries) {
    const last = held.at(-1);
    const isTakenUp = (last !== undefined && entry.step < last.step) || (entry.seconds !== null && entry.seconds < clock);
    while (held.length > 0 && entry.step < (held.at(-1)?.step ?? 0)) held.pop();
    if (isTakenUp) {
      while (held.at(-1)?.step === entry.step) held.pop();
      before = held.findLast(({ seconds }) => seconds !== null)?.seconds ?? 0;
      clock = 0;
    }
    clock = entry.seconds ?? clock;
    held.push(entry.seconds === null ? entry : { ...entry, seconds: before + entry.seconds });
  }
  return held;
}

import { Random } from "@/lib/numbers/random";

export const targets = ["worker", "web", "database", "start", "all"] as const;
export type Target = (typeof targets)[number];
/** Of twenty kills, how many meet each: what dies most often in practice comes first. */
const shares: Record<Target, number> = { worker: 7, web: 4, database: 4, start: 2, all: 3 };

/** Later, most pieces have ended when the kill comes. */
const latest = 0.9;

/** One kill: what is under way, what dies, and when. */
export type Strike = {
  readonly number: number;
  /** Started together. */
  readonly kinds: readonly string[];
  readonly target: Target;
  /** The one of them that is to be met. */
  readonly aim: string;
  /** After the requests are sent, as a share of the time that this one takes undisturbed. */
  readonly moment: number;
};

/** The kill of a number depends on the seed and that number alone, so that any one of them can be struck again. */
export function strikeOf(seed: number, number: number, heavy: readonly string[], light: readonly string[]): Strike {
  const random = new Random(seed * 65_537 + number);
  // One of those that have the device to themselves, beside two that do not; in turn, so that each is met equally often.
  const at = (list: readonly string[], place: number) => list[place % list.length] ?? "";
  const kinds = [at(heavy, number), at(light, 2 * number), at(light, 2 * number + 1)];
  const drawn = targets.flatMap((target) => Array.from({ length: shares[target] }, () => target));
  const target = drawn[random.nextBelow(drawn.length)] ?? "worker";
  return { number, kinds, target, aim: kinds[random.nextBelow(kinds.length)] ?? "", moment: latest * random.next() };
}

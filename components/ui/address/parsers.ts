import { createParser } from "nuqs/server";

/** Text; an empty value says nothing. */
export const parseAsText = createParser<string>({ parse: (text) => (text === "" ? null : text), serialize: String });

/** Text, truncated to the longest that a request takes. */
export function parseAsTextUpTo(longest: number) {
  return createParser<string>({ parse: (text) => text.slice(0, longest), serialize: String });
}

/** A finite number as JavaScript reads it: `3`, `-0.5`, `1e-4`. */
export const parseAsNumber = createParser<number>({
  parse: (text) => (text === "" || !Number.isFinite(Number(text)) ? null : Number(text)),
  serialize: String,
});

/** `1` or `0`. */
export const parseAsSwitch = createParser<boolean>({
  parse: (text) => (text === "1" ? true : text === "0" ? false : null),
  serialize: (isOn) => (isOn ? "1" : "0"),
});

/** Equality of lists, so that an address leaves out one that is as at first. */
export function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one === other || (one.length === other.length && one.every((item, at) => item === other[at]));
}

import type { Choice } from "./choice";

/** A place that was opened from the dialog. */
export type Place = Extract<Choice, { readonly href: string }>;

const storageKey = "stanscope-recent";
const most = 6;

/** Places opened last, newest first, as this browser keeps them. */
export function readRecent(): readonly Place[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
    return Array.isArray(stored) ? stored.flatMap(toPlace) : [];
  } catch {
    return [];
  }
}

/** Puts a place at the head of those opened last. */
export function keepRecent({ key, title, detail, href }: Place): void {
  const others = readRecent().filter((place) => place.href !== href);
  try {
    localStorage.setItem(storageKey, JSON.stringify([{ key, title, detail, href }, ...others].slice(0, most)));
  } catch {
    // Storage is off or full: nothing is kept.
  }
}

function toPlace(stored: unknown): Place[] {
  const { key, title, detail, href } = Object(stored) as Partial<Record<keyof Place, unknown>>;
  const isPlace = typeof key === "string" && typeof title === "string" && typeof detail === "string";
  return isPlace && typeof href === "string" && /^\/(?!\/)/.test(href) ? [{ key, title, detail, href }] : [];
}

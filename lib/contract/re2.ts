import { RE2JS, RE2JSException } from "re2js";

/** What is used of RE2: its compiler and its class of errors. */
export type Re2 = { readonly RE2JS: typeof RE2JS; readonly RE2JSException: typeof RE2JSException };

const engine: Re2 = { RE2JS, RE2JSException };

/** RE2, which is always there outside browsers. They have `re2-in-browser.ts` in place of this file (`imports` in package.json). */
export function re2(): Re2 | null {
  return engine;
}

export async function loadRe2(): Promise<void> {}

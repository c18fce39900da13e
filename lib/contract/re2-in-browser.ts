import type { Re2 } from "./re2";

let engine: Re2 | null = null;

/** RE2 once it has been loaded; null until then. It is as large as the whole contract, and hardly any page needs it. */
export function re2(): Re2 | null {
  return engine;
}

/** Loads RE2 for checking what somebody types; without it the server's check remains. */
export async function loadRe2(): Promise<void> {
  engine ??= await import("re2js");
}

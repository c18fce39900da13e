/** Longer states stand behind `#`, which no request carries: servers refuse a long request line. The number is ours. */
const longestQuery = 2000;

/** A page's state as the end of its address: a query where it is short, else a fragment of the same form; empty where there is nothing to say. */
export function stateSuffix(state: URLSearchParams): string {
  const text = state.toString();
  if (text === "") return "";
  return `${text.length <= longestQuery ? "?" : "#"}${text}`;
}

/** The state behind an address's `#`; null where none stands there. */
export function stateOfHash(hash: string): URLSearchParams | null {
  return hash.includes("=") ? new URLSearchParams(hash.slice(1)) : null;
}

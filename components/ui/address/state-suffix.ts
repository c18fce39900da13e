/** Longer states are in the fragment, after `#`, which no request carries: servers refuse a long request line. Our choice. */
const longestQuery = 2000;

/** The end of an address that holds a state: a query where it is short, else a fragment of the same form; empty where there is nothing to say. */
export function stateSuffix(state: URLSearchParams): string {
  const text = state.toString();
  if (text === "") return "";
  return `${text.length <= longestQuery ? "?" : "#"}${text}`;
}

/** The end of an address that holds a state in its fragment whatever its length: no request for the page carries it. */
export function fragmentSuffix(state: URLSearchParams): string {
  return state.size === 0 ? "" : `#${state}`;
}

/** The state in an address's fragment; null where there is none. */
export function stateOfHash(hash: string): URLSearchParams | null {
  return hash.includes("=") ? new URLSearchParams(hash.slice(1)) : null;
}

type Search = { readonly get: (name: string) => string | null };

/** The row of a latent in the table that it was opened from; null where its address does not say. */
export function readTableRow(search: Search): number | null {
  const at = numberIn(search, "at");
  return at !== null && Number.isInteger(at) && at >= 0 ? at : null;
}

/** A number of an address; null where there is none. */
export function numberIn(search: Search, name: string): number | null {
  const text = search.get(name);
  return text === null || text === "" || !Number.isFinite(Number(text)) ? null : Number(text);
}

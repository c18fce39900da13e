/** What Next gives a page as its `searchParams`. */
export type PageSearch = Promise<Readonly<Record<string, string | readonly string[] | undefined>>>;

/** A page's query as the browser reads it. */
export async function searchOf(search: PageSearch): Promise<URLSearchParams> {
  const pairs = Object.entries(await search).flatMap(([name, value]) => [value ?? []].flat().map((text) => [name, text]));
  return new URLSearchParams(pairs);
}

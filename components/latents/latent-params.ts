import { type LatentQuery, latentQuery } from "@/lib/contract/latent";
import { firstOrderOf, type LatentSortKey } from "@/lib/contract/latent-columns/column-sorts";
import { type ColumnRange, formatRanges, rangesParameter } from "@/lib/contract/latent-ranges";

/**
 * What a link to the table holds: collection, order and filters; not how far it is scrolled. Ranges stay as text, so that these with a collection are
 * a selection as the server takes it; `rangesOf` reads them.
 */
export type LatentParams = Omit<LatentQuery, "offset" | "limit" | "collectionId" | "ranges"> & {
  readonly collectionId: string | null;
  readonly ranges?: string | undefined;
};

/** The default order in a run: largest output share first. By firings, the least informative latents would come first; for LoRA, all are equal. */
export const runOrder = "outputShare" satisfies LatentSortKey;
const defaults = { order: "desc", state: "all" } as const;
const numbers = ["layerFrom", "layerTo"] as const;
const texts = ["module", "projection", "domain", "ranges", "search", "labelled"] as const;

/** The names that a table's address uses; all else in it belongs to others. */
export const paramNames = ["collection", "sort", "order", "state", ...texts, ...numbers] as const;

/**
 * Reads a page's query string. What is missing or makes no sense takes its default, so an old link still opens.
 *
 * @param sort the order where none is named
 */
export function readLatentParams(search: URLSearchParams, sort: LatentSortKey = runOrder): LatentParams {
  const first = { collectionId: search.get("collection") ?? "", sort };
  const found: Record<string, unknown> = { ...first };
  for (const name of ["sort", "order", "state", ...texts]) {
    const value = search.get(name);
    if (value !== null && value !== "") found[name] = value;
  }
  for (const name of numbers) {
    const value = search.get(name);
    if (value !== null && value !== "" && Number.isFinite(Number(value))) found[name] = Number(value);
  }
  const parsed = latentQuery.safeParse(found);
  return toParams(parsed.success ? parsed.data : latentQuery.parse(first));
}

/** The query string of a table, defaults left out, in a fixed order; `sort` as it was read with. */
export function writeLatentParams(params: LatentParams, sort: LatentSortKey = runOrder): string {
  const search = new URLSearchParams();
  if (params.collectionId !== null) search.set("collection", params.collectionId);
  if (params.sort !== sort) search.set("sort", params.sort);
  for (const name of ["order", "state"] as const) if (params[name] !== defaults[name]) search.set(name, params[name]);
  for (const name of [...texts, ...numbers]) {
    const value = params[name];
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

/** A click on a column's name: the other order where it is sorted already, else its most telling one. */
export function toggleSort(params: LatentParams, sort: LatentSortKey): LatentParams {
  if (params.sort === sort) return { ...params, order: params.order === "asc" ? "desc" : "asc" };
  return { ...params, sort, order: firstOrderOf(sort) };
}

type FilterChange = { readonly [name in Exclude<keyof LatentParams, "collectionId">]?: LatentParams[name] | undefined };

/** Sets these filters; removes those that are undefined. */
export function withFilters(params: LatentParams, change: FilterChange): LatentParams {
  const { collectionId } = params;
  const kept = Object.entries({ ...params, ...change }).filter(([, value]) => value !== undefined && value !== "");
  return { ...toParams(latentQuery.parse({ ...Object.fromEntries(kept), collectionId: collectionId ?? "" })), collectionId };
}

/** The ranges in force, one a column; none where the text makes no sense. */
export function rangesOf({ ranges }: Pick<LatentParams, "ranges">): readonly ColumnRange[] {
  return rangesParameter.safeParse(ranges ?? "").data ?? [];
}

/** With this range in place of the column's former one; open at both ends it is lifted. */
export function withRange(params: LatentParams, range: ColumnRange): LatentParams {
  const others = rangesOf(params).filter(({ column }) => column !== range.column);
  const isOpen = range.from === null && range.to === null;
  return withFilters(params, { ranges: formatRanges(isOpen ? others : [...others, range]) });
}

/** Same order, no filter. */
export function withoutFilters({ collectionId, sort, order }: LatentParams): LatentParams {
  return { collectionId, sort, order, state: defaults.state };
}

function toParams({ offset: _offset, limit: _limit, collectionId, ranges, ...rest }: LatentQuery): LatentParams {
  return {
    ...rest,
    collectionId: collectionId === "" ? null : collectionId,
    ...(ranges === undefined || ranges.length === 0 ? {} : { ranges: formatRanges(ranges) }),
  };
}

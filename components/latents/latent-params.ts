import { type LatentQuery, latentQuery, type latentSortKeys } from "@/lib/contract/latent";

/** What a link to the table holds: collection, order and filters; not how far it is scrolled. */
export type LatentParams = Omit<LatentQuery, "offset" | "limit" | "collectionId"> & { readonly collectionId: string | null };

const defaults = { sort: "fireCount", order: "desc", state: "all" } as const;
const numbers = ["layer", "densityMin", "densityMax", "maxActivationMin", "maxActivationMax", "selectivityMin", "selectivityMax"] as const;
const texts = ["module", "projection", "domain", "token"] as const;

/** Reads a page's query string. What is missing or makes no sense takes its default, so an old link still opens. */
export function readLatentParams(search: URLSearchParams): LatentParams {
  const found: Record<string, unknown> = { collectionId: search.get("collection") ?? "" };
  for (const name of ["sort", "order", "state", ...texts]) {
    const value = search.get(name);
    if (value !== null && value !== "") found[name] = value;
  }
  for (const name of numbers) {
    const value = search.get(name);
    if (value !== null && value !== "" && Number.isFinite(Number(value))) found[name] = Number(value);
  }
  const parsed = latentQuery.safeParse(found);
  const good = parsed.success ? parsed.data : latentQuery.parse({ collectionId: found["collectionId"] });
  const { offset: _offset, limit: _limit, collectionId, ...rest } = good;
  return { ...rest, collectionId: collectionId === "" ? null : collectionId };
}

/** The query string of a table, defaults left out, in a fixed order. */
export function writeLatentParams(params: LatentParams): string {
  const search = new URLSearchParams();
  if (params.collectionId !== null) search.set("collection", params.collectionId);
  for (const name of ["sort", "order", "state"] as const) if (params[name] !== defaults[name]) search.set(name, params[name]);
  for (const name of [...texts, ...numbers]) {
    const value = params[name];
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

/** A click on a column's name: the other order where it is sorted already, else its most telling one. */
export function toggleSort(params: LatentParams, sort: (typeof latentSortKeys)[number]): LatentParams {
  if (params.sort === sort) return { ...params, order: params.order === "asc" ? "desc" : "asc" };
  return { ...params, sort, order: sort === "module" || sort === "index" || sort === "minActivation" ? "asc" : "desc" };
}

type FilterChange = { readonly [name in Exclude<keyof LatentParams, "collectionId">]?: LatentParams[name] | undefined };

/** With these filters set and, where undefined, lifted. */
export function withFilters(params: LatentParams, change: FilterChange): LatentParams {
  const { collectionId } = params;
  const merged = { ...params, ...change };
  const kept = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
  const { offset: _offset, limit: _limit, ...rest } = latentQuery.parse({ ...kept, collectionId: collectionId ?? "" });
  return { ...rest, collectionId };
}

/** Same order, no filter. */
export function withoutFilters({ collectionId, sort, order }: LatentParams): LatentParams {
  return { collectionId, sort, order, state: defaults.state };
}

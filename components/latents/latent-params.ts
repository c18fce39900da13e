import { createLoader, createSerializer, type inferParserType, type LoaderInput } from "nuqs/server";
import { parseAsNumber, parseAsText } from "@/components/ui/address/parsers";
import { type LatentQuery, latentQuery } from "@/lib/contract/latent";
import { firstOrderOf, type LatentSortKey, readingOrder } from "@/lib/contract/latent-columns/column-sorts";
import { type ColumnRange, formatRanges, rangesParameter } from "@/lib/contract/latent-ranges";

/**
 * What a link to the table holds: collection, order and filters; not how far it is scrolled. Ranges stay as text, so that these with a collection are
 * a selection as the server takes it; `rangesOf` reads them.
 */
export type LatentParams = Omit<LatentQuery, "offset" | "limit" | "collectionId" | "ranges"> & {
  readonly collectionId: string | null;
  readonly ranges?: string | undefined;
};

/** The default order in a run: what is worth reading. By firings, the least informative latents would come first; for LoRA, all are equal. */
export const runOrder = readingOrder satisfies LatentSortKey;
const defaults = { order: "desc", state: "all", duplicates: "folded" } as const;

/** The parameters of a table's address. `latentQuery` checks them together: one that makes no sense resets all but the collection. */
export const tableParameters = {
  collection: parseAsText,
  sort: parseAsText,
  order: parseAsText,
  state: parseAsText,
  module: parseAsText,
  projection: parseAsText,
  domain: parseAsText,
  ranges: parseAsText,
  search: parseAsText,
  labelled: parseAsText,
  layerFrom: parseAsNumber,
  layerTo: parseAsNumber,
  duplicates: parseAsText,
};
type TableValues = inferParserType<typeof tableParameters>;

const load = createLoader(tableParameters);
const serialize = createSerializer(tableParameters);

/**
 * Reads an address. What is missing or makes no sense takes its default, so an old link still opens.
 *
 * @param sort the order where none is named
 */
export function readLatentParams(search: LoaderInput, sort: LatentSortKey = runOrder): LatentParams {
  return latentParamsOf(load(search), sort);
}

/** A run's table in its default order, without filters. */
export const defaultLatentParams = readLatentParams(new URLSearchParams());

/** The query string of a table, defaults left out, in a fixed order; `sort` as it was read with. */
export function writeLatentParams(params: LatentParams, sort: LatentSortKey = runOrder): string {
  return serialize(tableValuesOf(params, sort));
}

export function latentParamsOf({ collection, ...values }: TableValues, sort: LatentSortKey): LatentParams {
  const first = { collectionId: collection ?? "", sort, duplicates: defaults.duplicates };
  const named = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
  const parsed = latentQuery.safeParse({ ...first, ...named });
  return toParams(parsed.success ? parsed.data : latentQuery.parse(first));
}

/** The values of a table's parameters; null for what is as at first. */
export function tableValuesOf({ collectionId, ...params }: LatentParams, sort: LatentSortKey): TableValues {
  return {
    collection: collectionId,
    sort: params.sort === sort ? null : params.sort,
    order: params.order === defaults.order ? null : params.order,
    state: params.state === defaults.state ? null : params.state,
    module: params.module || null,
    projection: params.projection || null,
    domain: params.domain || null,
    ranges: params.ranges || null,
    search: params.search || null,
    labelled: params.labelled ?? null,
    layerFrom: params.layerFrom ?? null,
    layerTo: params.layerTo ?? null,
    duplicates: params.duplicates === defaults.duplicates ? null : params.duplicates,
  };
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

/** Same order and near-duplicates, no filter. */
export function withoutFilters({ collectionId, sort, order, duplicates }: LatentParams): LatentParams {
  return { collectionId, sort, order, duplicates, state: defaults.state };
}

function toParams({ offset: _offset, limit: _limit, collectionId, ranges, ...rest }: LatentQuery): LatentParams {
  return {
    ...rest,
    collectionId: collectionId === "" ? null : collectionId,
    ...(ranges === undefined || ranges.length === 0 ? {} : { ranges: formatRanges(ranges) }),
  };
}

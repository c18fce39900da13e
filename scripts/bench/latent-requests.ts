import { latentSortKeys } from "@/lib/contract/latent-columns/column-sorts";
import type { RangeColumn } from "@/lib/contract/latent-ranges";
import { Random } from "@/lib/numbers/random";

/** What requests may ask of a collection: its modules, and the latents of each. */
export type Asked = { collectionId: string; modules: readonly { name: string; numLatents: number }[]; layers: number };

export type RequestKind = "sorted" | "filtered" | "search" | "latent" | "histograms";

const sorts = latentSortKeys;
const searches = [" ba", "str", "quing", "edti", "97", " zaxo", "tionce", "o", "lobamu"];
const ranges: { readonly [column in RangeColumn]?: readonly [number, number] } = {
  density: [1e-4, 1e-1],
  meanActivation: [0.2, 4],
  meanSquare: [0.1, 30],
  skewness: [-2, 2],
  maxActivation: [0.5, 20],
  minActivation: [0, 0.3],
  outputShare: [0, 2e-4],
  decoderNorm: [0.5, 1.5],
  attribution: [-2e-3, 2e-3],
  selectivity: [0.1, 1],
  bornAtStep: [0, 1000],
};

/** The path of a request made at random: any sort column and direction, pages near and far, and as the kind says, filters of all sorts. */
export function randomRequest(random: Random, asked: Asked, kind: RequestKind): string {
  const base = `/api/collections/${asked.collectionId}`;
  if (kind === "histograms") return `${base}/histograms`;
  // A latent is opened out of a table that was looked at: few tables, many latents.
  const ofTable = kind === "latent" ? new Random(random.nextBelow(8)) : random;
  const query = new URLSearchParams({ sort: pick(ofTable, sorts), order: pick(ofTable, ["asc", "desc"]) });
  if (kind === "filtered" || kind === "latent") for (const [key, value] of filters(ofTable, asked)) query.set(key, value);
  if (kind === "search") query.set("search", pick(random, searches) + pick(random, ["", "", "a", "e", "ka"]));
  if (kind === "latent") {
    const module = pick(random, asked.modules);
    return `${base}/latents/${encodeURIComponent(module.name)}/${random.nextBelow(module.numLatents)}?${query}`;
  }
  const most = asked.modules.reduce((sum, { numLatents }) => sum + numLatents, 0);
  query.set("offset", String(random.next() < 0.5 ? 100 * random.nextBelow(5) : random.nextBelow(Math.floor(most / 4))));
  return `${base}/latents?${query}`;
}

function filters(random: Random, { modules, layers }: Asked): [string, string][] {
  const from = random.nextBelow(layers);
  const [column, [low, high]] = pick(random, Object.entries(ranges));
  const least = low + (high - low) * random.next() * 0.5;
  const all: [string, string][] = [
    ["module", pick(random, modules).name],
    ["layerFrom", String(from)],
    ["layerTo", String(from + random.nextBelow(layers - from))],
    ["projection", pick(random, modules).name.split(".").at(-1) ?? ""],
    ["state", pick(random, ["alive", "dead", "alwaysOn"])],
    ["domain", pick(random, ["recipes", "law", "code", "poems"])],
    ["ranges", `${column}:${least.toPrecision(3)}..${random.next() < 0.5 ? "" : (least + (high - low) / 2).toPrecision(3)}`],
    ["search", pick(random, searches)],
    ["labelled", pick(random, ["any", "none"])],
  ];
  const chosen = new Set([random.nextBelow(all.length), random.nextBelow(all.length), random.nextBelow(all.length)]);
  return all.filter((_, i) => chosen.has(i));
}

function pick<Value>(random: Random, values: readonly Value[]): Value {
  const value = values[random.nextBelow(values.length)];
  if (value === undefined) throw new RangeError("nothing to pick from");
  return value;
}

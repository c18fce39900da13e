import type { ComparedLatents, PairQuery, SideLatents } from "@/lib/contract/comparison";
import { baselineOf, isLatentMethod } from "@/lib/contract/methods/methods";
import { commonWords } from "@/lib/contract/positions/positions";
import { quantileOf } from "@/lib/numbers/intervals";
import { type CollectionRow, latestFinishedCollection } from "@/server/db/latents/collections";
import { readValues } from "@/server/db/latents/columns";
import type { RunRow } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { isMeasurable } from "./remarks";
import { pairOf, readSides, type Side } from "./sides";
import { stabilityOf } from "./stability";

type Spread = SideLatents["density"];

/** Latents of two sides beside one another; rank components of LoRA are read as latents. */
export async function compareLatents(context: ServiceContext, query: PairQuery): Promise<ComparedLatents> {
  const sides = pairOf(await readSides(context, query.runs), query);
  const [one, other] = await Promise.all(sides.map((side) => latentsOf(context, side)));
  return {
    first: one?.latents ?? null,
    second: other?.latents ?? null,
    remarks: remarksOn(sides, [one?.collection, other?.collection]),
  };
}

async function latentsOf(context: ServiceContext, side: Side): Promise<{ latents: SideLatents; collection: CollectionRow } | undefined> {
  const { store } = context;
  const collections = await Promise.all(side.runs.map(({ id }) => latestFinishedCollection(store.db, id)));
  const place = collections.findIndex((one) => one !== undefined);
  const [collection, run] = [collections[place], side.runs[place]];
  if (collection === undefined || run === undefined) return undefined;
  const [fireCount, selectivity, attribution, outputShare] = await Promise.all(
    (["fireCount", "selectivity", "attribution", "outputShare"] as const).map((name) => readValues(store, collection, name)),
  );
  const fired = [...(fireCount ?? []).keys()].filter((latent) => (fireCount?.[latent] ?? 0) > 0);
  const valuesOf = (column: ArrayLike<number> | undefined) => fired.map((latent) => column?.[latent] ?? Number.NaN);
  const latents = {
    runId: run.id,
    collectionId: collection.id,
    positionKind: collection.positionKind,
    tokens: collection.positions,
    numLatents: collection.numLatents,
    fired: fired.length,
    density: spreadOf(valuesOf(fireCount).map((count) => count / collection.positions)),
    selectivity: spreadOf(valuesOf(selectivity)),
    effect: spreadOf(valuesOf(attribution).map(Math.abs)),
    outputShare: spreadOf(valuesOf(outputShare)),
    stability: await stabilityOfSide(context, side, collection),
  };
  return { latents, collection };
}

/** Of the first two runs with an adapter; modules with the largest update first. */
async function stabilityOfSide(context: ServiceContext, side: Side, { modules }: CollectionRow): Promise<SideLatents["stability"]> {
  const [one, other]: readonly RunRow[] = [...new Map(side.runs.filter(isMeasurable).map((run) => [run.id, run])).values()];
  if (one === undefined || other === undefined) return null;
  const names = modules.toSorted((a, b) => (b.updateNorm ?? 0) - (a.updateNorm ?? 0)).map(({ name }) => name);
  return stabilityOf(context, [one, other], names);
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values.filter(Number.isFinite)).sort();
  if (sorted.length === 0) return null;
  const [low, median, high] = [0.1, 0.5, 0.9].map((fraction) => quantileOf(sorted, fraction)) as [number, number, number];
  return { count: sorted.length, low, median, high };
}

function remarksOn(sides: readonly Side[], collections: readonly (CollectionRow | undefined)[]): string[] {
  const missing = sides.flatMap(({ name, first }, place) => {
    if (!isLatentMethod(first.method)) return [`${name} has no latents: ${baselineOf({ method: first.method }).reason}.`];
    return collections[place] === undefined ? [`${name} has no finished collection: collect statistics of one of its runs.`] : [];
  });
  const [one, other] = collections;
  if (one === undefined || other === undefined) return missing;
  const domains = ({ domains: some }: CollectionRow) => JSON.stringify(some);
  if (one.positionKind === other.positionKind && one.positions === other.positions && domains(one) === domains(other)) return [];
  const { plural } = commonWords([one.positionKind, other.positionKind]);
  return [`The two collections cover different ${plural}, so density and selectivity describe different data.`];
}

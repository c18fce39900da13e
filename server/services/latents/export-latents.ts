import type { LatentQuery, LatentRow } from "@/lib/contract/latent";
import { conditionsOf, countLatents, readLatentPage } from "@/server/db/latents/latents";
import type { ServiceContext } from "@/server/services/context";
import { finishedCollection } from "./list-latents";

const rowsAPage = 5000;

/** All latents of a selection, in its order, as CSV or JSON text in pieces. */
export async function exportLatents(
  { store }: ServiceContext,
  query: LatentQuery,
  format: "csv" | "json",
): Promise<AsyncGenerator<string>> {
  const collection = await finishedCollection(store, query.collectionId);
  const conditions = await conditionsOf(store.db, collection, query);
  const total = conditions === undefined ? 0 : await countLatents(store.db, collection, conditions);
  async function* pages(): AsyncGenerator<LatentRow[]> {
    for (let offset = 0; conditions !== undefined && offset < total; offset += rowsAPage) {
      yield await readLatentPage(store.db, collection, conditions, { ...query, offset, limit: rowsAPage, total });
    }
  }
  const domains = collection.domains.map(({ name }) => name);
  return format === "csv" ? csv(pages(), domains, collection.tokens) : json(pages());
}

async function* csv(pages: AsyncIterable<LatentRow[]>, domains: readonly string[], tokens: number): AsyncGenerator<string> {
  const head = "module,index,fireCount,tokens,density,meanActivation,maxActivation,minActivation,selectivity,topDomain,topTokens".split(
    ",",
  );
  yield csvLine([...head, ...domains.map((domain) => `fireCount ${domain}`)]);
  for await (const page of pages) {
    const lines = page.map((row) =>
      csvLine([
        row.module,
        row.index,
        row.fireCount,
        tokens,
        row.density,
        row.meanActivation,
        row.maxActivation,
        row.minActivation,
        row.selectivity,
        row.topDomain,
        row.topTokens.map(({ token }) => token).join(" | "),
        ...row.domainCounts,
      ]),
    );
    yield lines.join("");
  }
}

function csvLine(values: readonly (string | number | null)[]): string {
  return `${values.map((value) => csvField(value === null ? "" : String(value))).join(",")}\r\n`;
}

function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function* json(pages: AsyncIterable<LatentRow[]>): AsyncGenerator<string> {
  let isFirst = true;
  yield "[";
  for await (const page of pages) {
    for (const row of page) {
      yield `${isFirst ? "\n" : ",\n"}${JSON.stringify(row)}`;
      isFirst = false;
    }
  }
  yield "\n]\n";
}

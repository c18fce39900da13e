import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { GET as getContext } from "@/app/api/collections/[collection]/contexts/[context]/route";
import { GET as getHistograms } from "@/app/api/collections/[collection]/histograms/route";
import { GET as getLatent } from "@/app/api/collections/[collection]/latents/[module]/[index]/route";
import { GET as getLatents } from "@/app/api/collections/[collection]/latents/route";
import { GET as getCollection } from "@/app/api/collections/[collection]/route";
import { histogramList } from "@/lib/contract/api";
import { collectionSummary, latentContext, latentDetail, latentPage } from "@/lib/contract/latent";
import { httpContext } from "@/server/http/context";
import { freshDatabase } from "@/tests/support/database";
import { latentInput, storedCollection } from "@/tests/support/stored-collection";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services, live } = httpContext();
const { id, runId } = await storedCollection(services.store, [latentInput(0, 0, 40), latentInput(0, 1, 0), latentInput(1, 3, 70)]);
const module = "layers.0.q_proj";

afterAll(async () => {
  await live.close();
  await services.store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

function ask<Params>(
  handler: (request: Request, context: { params: Promise<Params> }) => Promise<Response>,
  params: Params,
  query = "",
): Promise<Response> {
  const request = new Request(`http://127.0.0.1:3000/api?${query}`, { headers: { host: "127.0.0.1:3000" } });
  return handler(request, { params: Promise.resolve(params) });
}

async function failureOf(answer: Promise<Response>) {
  const response = await answer;
  const { error } = (await response.json()) as { error: { code: string; message: string; field?: string } };
  return { status: response.status, ...error };
}

describe("the routes of latents", () => {
  it("answer with what the contract says", async () => {
    const summary = collectionSummary.parse(await (await ask(getCollection, { collection: id })).json());
    expect(summary).toMatchObject({ origin: { kind: "run", runId }, stage: null, shards: { done: 0, total: 0 } });
    const query = "sort=density&order=asc&ranges=density:0.01..,selectivity:..0.95&layerFrom=0&layerTo=0&search=";
    const page = latentPage.parse(await (await ask(getLatents, { collection: id }, query)).json());
    expect(page).toMatchObject({ total: 1, totalUnfiltered: 3, rows: [{ module, index: 0, fireCount: 40 }] });
    const detail = latentDetail.parse(await (await ask(getLatent, { collection: id, module, index: "0" }, "sort=index&order=asc")).json());
    expect(detail).toMatchObject({ place: 0, previous: null, next: { module, index: 1 } });
    const example = detail.examples[0];
    const where = { collection: id, context: String(example?.context) };
    const context = latentContext.parse(await (await ask(getContext, where, `module=${module}&index=0`)).json());
    expect(context.row).toBe(example?.row);
    const { histograms } = histogramList.parse(await (await ask(getHistograms, { collection: id })).json());
    expect(histograms.length).toBeGreaterThan(5);
  });

  it("give the selection as a file", async () => {
    const response = await ask(getLatents, { collection: id }, "format=csv&state=alive");
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="latents-${id}.csv"`);
    expect((await response.text()).trimEnd().split("\r\n")).toHaveLength(3);
  });

  it("say what is wrong with a question, and what is not there", async () => {
    expect(await failureOf(ask(getLatents, { collection: id }, "ranges=size:1..2"))).toMatchObject({
      status: 400,
      field: "ranges",
      message: expect.stringMatching(/"size:1..2" is not a range/),
    });
    expect(await failureOf(ask(getLatents, { collection: id }, "limit=501"))).toMatchObject({ status: 400, field: "limit" });
    expect(await failureOf(ask(getLatents, { collection: "zz" }))).toMatchObject({ status: 404 });
    expect(await failureOf(ask(getLatent, { collection: id, module, index: "x" }))).toMatchObject({ status: 400, field: "index" });
    expect(await failureOf(ask(getLatent, { collection: id, module: "nowhere", index: "0" }))).toMatchObject({ status: 404 });
    expect(await failureOf(ask(getContext, { collection: id, context: "7" }, `module=${module}&index=0`))).toMatchObject({ status: 404 });
    expect(await failureOf(ask(getContext, { collection: id, context: "0" }))).toMatchObject({ status: 400, field: "module" });
  });
});

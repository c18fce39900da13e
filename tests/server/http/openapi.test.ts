import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { GET as getOpenApi } from "@/app/api/openapi.json/route";
import { setRunStatus } from "@/server/db/runs/runs";
import { httpContext } from "@/server/http/context";
import { originOf } from "@/server/http/origin-of";
import { knownIds } from "@/server/services/openai/known-ids";
import { freshDatabase } from "@/tests/support/database";
import { latentInput, storedCollection, storedRun } from "@/tests/support/stored-collection";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services, live } = httpContext();
const { store } = services;

afterAll(async () => {
  await live.close();
  await store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

const at = { params: Promise.resolve({}) };

describe("the OpenAPI document over HTTP", () => {
  it("names the server by the address that it was asked by", async () => {
    const request = new Request("http://127.0.0.1:3000/api/openapi.json", { headers: { host: "localhost:3909" } });
    const document = (await (await getOpenApi(request, at)).json()) as { openapi: string; servers: { url: string }[] };
    expect(document).toMatchObject({ openapi: "3.1.0", servers: [{ url: "http://localhost:3909" }] });
  });

  it("takes the scheme from a proxy that says it is https", () => {
    expect(originOf(new Headers({ host: "stan.example", "x-forwarded-proto": "https, http" }))).toBe("https://stan.example");
    expect(originOf(new Headers({ host: "stan.example", "x-forwarded-proto": "javascript" }))).toBe("http://stan.example");
  });
});

describe("what examples refer to", () => {
  it("is nothing where nothing is there, then the finished run with a collection and its weightiest latent", async () => {
    expect(await knownIds(services)).toEqual({ ids: {}, runName: null, modelPath: null });
    const { id, runId } = await storedCollection(store, [latentInput(0, 0, 40), latentInput(1, 3, 70)]);
    expect((await knownIds(services)).ids).toEqual({});
    await setRunStatus(store.db, runId, "finished");
    await setRunStatus(store.db, await storedRun(store), "finished");
    expect(await knownIds(services)).toMatchObject({
      ids: { run: runId, chatRun: runId, collection: id, module: "layers.1.v_proj", index: "3", layer: expect.stringMatching(/^1-.*v/) },
      runName: "a run",
    });
  });
});

import { beforeAll, describe, expect, it } from "vitest";
import { type StartCollectionInput, startCollectionRequest } from "@/lib/contract/api";
import { startCollection } from "@/server/services/latents/start-collection";
import { freshContext } from "@/tests/support/service-context";
import { describedData, storedRun } from "@/tests/support/stored-collection";
import { storedModel } from "@/tests/support/stored-model";
import { standInWorker } from "@/tests/support/worker-port";

const context = await freshContext();
const { store } = context;
let runId = "";

beforeAll(async () => {
  await storedModel(context);
  runId = await storedRun(store);
  await store.pool.query("UPDATE runs SET status = 'finished' WHERE id = $1", [runId]);
  await describedData(store);
  const column = (name: string) => ({ name, samples: [], distinct: null });
  await describedData(store, { id: "pairs", name: "pairs", columns: [column("input"), column("output"), column("id")], mapping: null });
  await describedData(store, { id: "like", name: "like", columns: [column("text")], mapping: null });
});

const start = (request: StartCollectionInput) => startCollection(context, runId, startCollectionRequest.parse(request));
const mapping = { kind: "promptCompletion", prompt: "input", completion: "output" } as const;

describe("a collection over other data than the run's", () => {
  it("takes the columns and the length of a row from the request", async () => {
    const { status } = await start({ dataSetId: "pairs", mapping, rowTokens: 64 });
    expect(status).toBe("queued");
    const { rows } = await store.pool.query("SELECT settings FROM collections WHERE run_id = $1", [runId]);
    expect(rows).toMatchObject([{ settings: { dataSetId: "pairs", mapping, rowTokens: 64 } }]);
  });

  it("reads it by the run's own columns where it has them, though none were recognised", async () => {
    expect(await start({ dataSetId: "like" })).toMatchObject({ status: "queued" });
  });

  it("has the name of the data that it reads, unless it is given one", async () => {
    expect([(await start({ dataSetId: "like" })).name, (await start({ dataSetId: "like", name: "mine" })).name]).toEqual(["like", "mine"]);
  });

  it.each<[string, StartCollectionInput, string, RegExp]>([
    ["columns that nobody named and that were not recognised", { dataSetId: "pairs" }, "mapping", /columns of pairs are not recognised/],
    ["a column that is not there", { mapping }, "mapping.prompt", /data has no column "input". It has text/],
    [
      "labels for a model that continues text",
      { mapping: { kind: "labelled", text: "text", label: "text" } },
      "mapping",
      /Labelled rows are for encoders/,
    ],
    ["rows longer than the model reads", { rowTokens: 1000 }, "rowTokens", /1000 tokens per row exceed the context of tiny llama.*128/],
    ["an id column for domains", { dataSetId: "pairs", mapping: { ...mapping, domain: "id" } }, "mapping.domain", /more than 200 domains/],
    ["a data set that is not there", { dataSetId: "gone" }, "dataSetId", /no dataset "gone"/],
  ])("is refused at once for %s", async (_, request, field, message) => {
    await expect(start(request)).rejects.toMatchObject({ code: "invalid", field, message: expect.stringMatching(message) });
  });

  it("is refused where it cannot fit the worker's machine, with what would help, unless it is to start anyway", async () => {
    await standInWorker(context, (_, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ totalBytes: 2 ** 30, availableBytes: 2 ** 29 }));
    });
    const vast = { batchRows: 1_000_000, attributionRows: 0 };
    await expect(start(vast)).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(
        /^Collecting statistics needs about .*, but the worker's machine has 1\.00.GiB\. What would help: batches of 1 row saves .*; rows half as long saves/,
      ),
    });
    expect(await start({ ...vast, startAnyway: true })).toMatchObject({ status: "queued" });
    expect(await start({ batchRows: 2 })).toMatchObject({ status: "queued" });
  });
});

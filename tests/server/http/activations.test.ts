import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { afterAll, describe, expect, it } from "vitest";
import { POST as readActivations } from "@/app/api/runs/[run]/activations/route";
import { mostActivationTexts } from "@/lib/contract/activations";
import type { TextEvent } from "@/lib/contract/read-text";
import { setRunStatus } from "@/server/db/runs/runs";
import { httpContext } from "@/server/http/context";
import { freshDatabase } from "@/tests/support/database";
import { storedRun } from "@/tests/support/stored-collection";
import { standInWorker } from "@/tests/support/worker-port";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services, live } = httpContext();
const { store } = services;
const run = await storedRun(store);
await setRunStatus(store.db, run, "finished");

afterAll(async () => {
  await live.close();
  await store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

function post(body: unknown): Promise<Response> {
  const request = new Request("http://127.0.0.1:3000/", {
    method: "POST",
    body: JSON.stringify(body),
    headers: { host: "127.0.0.1:3000" },
  });
  return readActivations(request, { params: Promise.resolve({ run }) });
}

const base64 = (values: Int32Array | Float32Array) => Buffer.from(values.buffer).toString("base64");
const tokens: TextEvent = {
  kind: "tokens",
  tokens: [
    { id: 5, text: "caf", loss: null },
    { id: 9, text: "é", loss: 2 },
  ],
  modules: 1,
  isTruncated: true,
};
/** The second token keeps one latent alone: its other place is empty. */
const module: TextEvent = {
  kind: "module",
  ...{ module: "layers.0.q_proj", layer: 0, projection: "q_proj", width: 2 },
  indices: base64(Int32Array.of(3, 11, 7, 0)),
  activations: base64(Float32Array.of(0.5, 2, -1.25, 0)),
  outputShares: base64(Float32Array.of(0.25, 0.75, 1, 0)),
  attributions: null,
};
const failure: TextEvent = { kind: "error", message: "The text has no tokens." };
const lines = (...events: TextEvent[]) => events.map((event) => `${JSON.stringify(event)}\n`).join("");

describe("activations over HTTP", () => {
  it("are a Parquet file of what fires, text by text", async () => {
    const asked: unknown[] = [];
    await standInWorker(services, ({ body }, response) => {
      asked.push(body);
      response.end(lines(tokens, module, { kind: "end", seconds: 1 }));
    });
    const response = await post({ texts: ["one", "two"] });
    expect(response.headers.get("content-disposition")).toBe(`attachment; filename="activations-${run}.parquet"`);
    const shared = { module: "layers.0.q_proj", attribution: null, isTruncated: true };
    const rows = (text: number) => [
      { text, position: 0, tokenId: 5, token: "caf", latent: 3, activation: 0.5, outputShare: 0.25, ...shared },
      { text, position: 0, tokenId: 5, token: "caf", latent: 11, activation: 2, outputShare: 0.75, ...shared },
      { text, position: 1, tokenId: 9, token: "é", latent: 7, activation: -1.25, outputShare: 1, ...shared },
    ];
    expect(await parquetReadObjects({ file: await response.arrayBuffer() })).toEqual([...rows(0), ...rows(1)]);
    expect(asked).toEqual(["one", "two"].map((text) => ({ runId: run, request: { text, useChatTemplate: false, attribution: false } })));
  });

  it("are refused where the first text cannot be read, and broken off where a later one cannot", async () => {
    let failsAt = 1;
    let count = 0;
    await standInWorker(services, (_call, response) => {
      count += 1;
      response.end(count === failsAt ? lines(failure) : lines(tokens, module, { kind: "end", seconds: 1 }));
    });
    const refused = await post({ texts: ["one", "two"] });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { field: "texts.0", message: "The text has no tokens." } });
    [failsAt, count] = [2, 0];
    await expect((await post({ texts: ["one", "two", "three"] })).arrayBuffer()).rejects.toThrow("The text has no tokens.");
    expect(count).toBe(2);
  });

  it("are refused for no texts, for too many, and for an empty one", async () => {
    for (const [texts, field] of [
      [[], "texts"],
      [Array(mostActivationTexts + 1).fill("a"), "texts"],
      [["a", ""], "texts.1"],
    ] as const) {
      const response = await post({ texts });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { field } });
    }
  });
});

import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { type ActivationsInput, activationsRequest } from "@/lib/contract/activations";
import { readTextRequest, type TextEvent } from "@/lib/contract/read-text";
import { readRun } from "@/server/db/runs/runs";
import { openContext } from "@/server/services/context";
import { readActivations } from "@/server/services/work/read-activations";
import { readText } from "@/server/services/work/read-text";
import { freshDatabase } from "@/tests/support/database";
import { queueSmallRun } from "@/tests/support/small-run";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { eventually, startWorker } from "@/tests/support/worker-process";

const store = await freshDatabase();
const texts = ["A patient with fever", "In the beginning was the café"];
const { signal } = new AbortController();

type Row = Record<string, string | number | boolean | null>;

describe("activations of texts", () => {
  test.each(["stan", "lora"] as const)("are what the reading of each text keeps, one row a latent and token: %s", async (method) => {
    const data = temporaryFolder();
    const context = openContext({ DATABASE_URL: store.url, STANSCOPE_HOME: data });
    await startWorker(store.url, data);
    const targets = { modules: ["q_proj", "v_proj"] };
    const adapter = method === "stan" ? { method, numLatents: 23, k: 5, targets } : { method, rank: 3, alpha: 3, targets };
    const run = await queueSmallRun(store, data, { adapter, training: { steps: 5, learningRate: 0.05 } });
    await eventually("the run is finished", async () => {
      const row = await readRun(store.db, run);
      if (row?.status === "failed") throw new Error(row.error ?? "failed");
      return row?.status === "finished" ? row : undefined;
    });
    const read = async (asked: ActivationsInput) => {
      const parts: Uint8Array[] = [];
      for await (const part of await readActivations(context, run, activationsRequest.parse(asked), signal)) parts.push(part);
      return (await parquetReadObjects({ file: new Uint8Array(Buffer.concat(parts)).buffer })) as Row[];
    };

    const expected: Row[] = [];
    for (const [place, text] of texts.entries()) {
      let tokens: { id: number; text: string }[] = [];
      const request = readTextRequest.parse({ text });
      for await (const event of await readText(context, run, request, signal)) {
        if (event.kind === "tokens") ({ tokens } = event);
        if (event.kind === "module") expected.push(...rowsOf(event, tokens, place));
      }
    }
    expect(expected.length).toBeGreaterThan(100);
    expect(await read({ texts, attribution: true })).toEqual(expected);

    const [{ module } = expect.fail("nothing fires")] = expected;
    const plain = expected.filter((row) => row["module"] === module).map((row) => ({ ...row, attribution: null }));
    expect(await read({ texts, modules: [String(module)] })).toEqual(plain);
    await expect(read({ texts, modules: ["layers.9.nowhere"] })).rejects.toMatchObject({ code: "invalid", field: "modules.0" });
  });
});

function rowsOf(event: Extract<TextEvent, { kind: "module" }>, tokens: readonly { id: number; text: string }[], text: number): Row[] {
  const view = (base64: string | null) => Buffer.from(base64 ?? "", "base64");
  const [indices, activations] = [view(event.indices), view(event.activations)];
  const [shares, attributions] = [view(event.outputShares), view(event.attributions)];
  return tokens.flatMap(({ id, text: token }, position) =>
    Array.from({ length: event.width }, (_, slot) => 4 * (position * event.width + slot))
      .filter((at) => activations.readFloatLE(at) !== 0)
      .map((at) => ({
        ...{ text, position, tokenId: id, token, module: event.module },
        latent: indices.readInt32LE(at),
        activation: activations.readFloatLE(at),
        outputShare: shares.readFloatLE(at),
        attribution: attributions.readFloatLE(at),
        isTruncated: false,
      })),
  );
}

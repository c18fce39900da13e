import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { startRunRequest } from "@/lib/contract/run";
import { readModel, upsertModel } from "@/server/db/library/models";
import { readRun } from "@/server/db/runs/runs";
import { takeWork } from "@/server/db/work/take-work";
import { listRuns } from "@/server/services/runs/list-runs";
import { startRun, startRuns } from "@/server/services/runs/start-run";
import { freshContext } from "@/tests/support/service-context";
import { storedDataSet } from "@/tests/support/stored-data-set";
import { storedModel } from "@/tests/support/stored-model";
import { standInWorker } from "@/tests/support/worker-port";

const context = await freshContext();
const modelId = await storedModel(context);
const file = join(context.dataFolder, "rows.jsonl");
writeFileSync(file, '{"text":"a b c","topic":"sea"}\n{"text":"d e f","topic":"land"}\n');
const data = await storedDataSet(context, file);

type Change = (config: {
  model: string;
  data: Record<string, unknown>;
  adapter: Record<string, unknown>;
  training: Record<string, unknown>;
  [key: string]: unknown;
}) => void;

function request(change: Change = () => {}) {
  const config = {
    model: modelId,
    data: { kind: "dataSet", dataSetId: data.id, mapping: { kind: "text", text: "text" } } as Record<string, unknown>,
    adapter: { method: "stan", numLatents: 7, k: 2, targets: { modules: ["q_proj"] } } as Record<string, unknown>,
    training: { steps: 5, learningRate: 0.01 } as Record<string, unknown>,
  };
  change(config);
  return startRunRequest.parse({ config });
}

const counts = { rows: [], totalRows: 2, tokens: 8, labelTokens: 6, rowsWithoutLabels: 0, rowsTooLong: 0, trainRows: 1, validationRows: 1 };

describe("startRun", () => {
  it("stores the configuration with where its rows lie, and queues the run", async () => {
    const run = await startRun(context, request());
    expect(run).toMatchObject({
      status: "queued",
      name: "STAN M=7 k=2, seed 0",
      modelName: "tiny llama",
      dataName: "rows.jsonl",
      steps: 5,
    });
    expect(run.cost).toMatchObject({ medianStepMs: null, peakMemoryBytes: null });
    expect(run.cost?.trainableParameters).toBeGreaterThan(run.cost?.activeParameters ?? Number.POSITIVE_INFINITY);
    expect((await readRun(context.store.db, run.id))?.config.data).toMatchObject({ path: file });
    const taken = await takeWork(context.store.db, { kind: "run", workerId: "w" }, 1000, { except: [], mostDeaths: 0 });
    expect(taken).toEqual({ workId: run.id, deaths: 0, lastDeath: null });
  });

  it("refuses a run that cannot fit the worker's machine, with what would help, unless it is to start anyway", async () => {
    const { createdAt: _, ...model } = (await readModel(context.store.db, modelId)) ?? expect.fail("no model");
    await upsertModel(context.store.db, { ...model, id: "vast", parameters: 8e9 });
    await standInWorker(context, ({ path }, response) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(path === "/memory" ? { totalBytes: 24 * 2 ** 30 } : counts));
    });
    const vast = request((config) => {
      config.model = "vast";
    });
    await expect(startRun(context, vast)).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(
        /needs about 30\.2.GiB of memory, but the worker's machine has 24\.0.GiB\. .*bfloat16 weights saves 14\.9.GiB/,
      ),
    });
    expect(await startRun(context, { ...vast, startAnyway: true })).toMatchObject({ status: "queued" });
    const smaller = request((config) => {
      Object.assign(config, { model: "vast", frozenDtype: "bfloat16" });
    });
    expect(await startRun(context, smaller)).toMatchObject({ status: "queued" });
  });

  it("names the field and what there is instead, for each thing that cannot work", async () => {
    const refusals: ReadonlyArray<readonly [Change, string, RegExp]> = [
      [
        (config) => {
          config.model = "other";
        },
        "config.model",
        /Add it on the Models page/,
      ],
      [
        (config) => {
          config.data["dataSetId"] = "other";
        },
        "config.data.dataSetId",
        /no dataset "other"/,
      ],
      [
        (config) => {
          config.data["mapping"] = { kind: "text", text: "body" };
        },
        "config.data.mapping.text",
        /no column "body". It has text, topic/,
      ],
      [
        (config) => {
          config.data["domains"] = ["moon"];
        },
        "config.data.domains",
        /no domain "moon". It has sea, land/,
      ],
      [
        (config) => {
          config.data["useChatTemplate"] = true;
        },
        "config.data.useChatTemplate",
        /no chat template/,
      ],
      [
        (config) => {
          config.adapter["targets"] = { modules: ["q_proj", "o_proj"] };
        },
        "config.adapter.targets.modules",
        /no module "o_proj". It has q_proj, v_proj/,
      ],
      [
        (config) => {
          config.adapter["targets"] = { modules: ["q_proj"], layers: [0, 3] };
        },
        "config.adapter.targets.layers",
        /layers 0 to 2, and no layer 3/,
      ],
      [
        (config) => {
          config.adapter["k"] = 8;
        },
        "config.adapter.k",
        /8 latents of 7/,
      ],
      [
        (config) => {
          config.adapter = { method: "full", targets: { modules: ["o_proj"] } };
        },
        "config.adapter.targets.modules",
        /no module "o_proj"/,
      ],
      [
        (config) => {
          config.adapter = { method: "full" };
          config["collection"] = { maxTokens: 100 };
        },
        "config.collection",
        /Full fine-tuning has no latents to collect: set it to null/,
      ],
      [
        (config) => {
          config.adapter = { method: "full" };
          config["initAdapter"] = "/nowhere/adapter";
        },
        "config.initAdapter",
        /starts from the base model/,
      ],
      [
        (config) => {
          config.adapter = { method: "head" };
        },
        "config.adapter.method",
        /tiny llama is a causal language model, whose head is not trained/,
      ],
      [
        (config) => {
          config.training["maxTokens"] = 129;
        },
        "config.training.maxTokens",
        /at most 128/,
      ],
      [
        (config) => {
          config["initAdapter"] = "/nowhere/adapter";
        },
        "config.initAdapter",
        /does not exist/,
      ],
      [
        (config) => {
          config.data = { kind: "tokenRows", path: "/nowhere/rows.safetensors" };
        },
        "config.data.path",
        /does not exist/,
      ],
    ];
    for (const [change, field, message] of refusals) {
      await expect(startRun(context, request(change)), field).rejects.toMatchObject({
        code: "invalid",
        field,
        message: expect.stringMatching(message),
      });
    }
  });

  it("queues full fine-tuning, named and counted by what it trains", async () => {
    const run = await startRun(
      context,
      request((config) => {
        config.adapter = { method: "full" };
      }),
    );
    expect(run).toMatchObject({ method: "full", name: "Full, all projections, seed 0", status: "queued" });
    expect(run.cost?.trainableParameters).toBe(3 * (8 * 8 + 8 * 4));
  });

  it("takes a target by its last name part, or by its whole name", async () => {
    const targets = { modules: ["self_attn.q_proj", "model.layers.0.self_attn.v_proj"] };
    await expect(
      startRun(
        context,
        request((config) => {
          config.adapter["targets"] = targets;
        }),
      ),
    ).resolves.toMatchObject({ status: "queued" });
  });

  it("refuses data in which every token is masked, as a worker counts them", async () => {
    await standInWorker(context, ({ path, authorization, body }, response) => {
      expect([path, authorization]).toEqual(["/preview", "Bearer s3cret"]);
      expect(body).toMatchObject({ modelPath: "/nowhere/tiny", dataPath: file, validationRows: 128, request: { maxTokens: 128 } });
      response.end(JSON.stringify({ ...counts, labelTokens: 0 }));
    });
    await expect(startRun(context, request())).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringMatching(/Every token of the data is masked/),
    });
  });

  it("refuses to hold all rows out", async () => {
    await standInWorker(context, (_call, response) => response.end(JSON.stringify({ ...counts, trainRows: 0, validationRows: 2 })));
    await expect(startRun(context, request())).rejects.toMatchObject({ field: "config.data.validationRows" });
  });

  it("passes on what a worker refuses", async () => {
    await standInWorker(context, (_call, response) => {
      response.writeHead(400).end(JSON.stringify({ error: { code: "invalid", message: "row 2: no text" } }));
    });
    await expect(startRun(context, request())).rejects.toMatchObject({ code: "invalid", message: "row 2: no text" });
  });
});

describe("startRuns", () => {
  const pair = () => [
    { ...request(), name: "first of a pair", group: "pair" },
    {
      ...request((config) => {
        config.adapter = { method: "lora", rank: 2, alpha: 2, targets: { modules: ["q_proj"] } };
      }),
      group: "pair",
    },
  ];
  const namesInGroup = async () => (await listRuns(context)).runs.flatMap(({ name, group }) => (group === "pair" ? [name] : [])).sort();

  it("starts no run where the second is refused, and names the run at fault", async () => {
    const [first, second] = pair();
    const { config } = request((config) => {
      config.model = "other";
    });
    const wrong = { ...(second ?? expect.fail("no second run")), config };
    await expect(startRuns(context, [first ?? expect.fail("no first run"), wrong])).rejects.toMatchObject({ field: "runs.1.config.model" });
    expect(await namesInGroup()).toEqual([]);
  });

  it("stores no run where storing the second fails", async () => {
    await context.store.db.execute(sql`alter table runs add constraint no_lora check (method <> 'lora')`);
    await expect(startRuns(context, pair())).rejects.toThrow();
    await context.store.db.execute(sql`alter table runs drop constraint no_lora`);
    expect(await namesInGroup()).toEqual([]);
  });

  it("starts all of them otherwise", async () => {
    const runs = await startRuns(context, pair());
    expect(runs.map(({ method }) => method)).toEqual(["stan", "lora"]);
    expect(await namesInGroup()).toEqual(["LoRA r=2, seed 0", "first of a pair"]);
  });
});

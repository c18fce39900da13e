import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { latentQuery } from "@/lib/contract/latent";
import { chatCompletionRequest } from "@/lib/contract/openai-request";
import { type RunConfigInput, runConfig } from "@/lib/contract/run-config";
import { listCollections } from "@/server/db/latents/collections";
import { newId } from "@/server/db/new-id";
import { readRun } from "@/server/db/runs/runs";
import { addModel } from "@/server/jobs/add-model";
import { listLatents } from "@/server/services/latents/list-latents";
import { listModels } from "@/server/services/library/list-models";
import { previewRows } from "@/server/services/library/preview-rows";
import { completeChat } from "@/server/services/openai/complete-chat";
import { getRun } from "@/server/services/runs/get-run";
import { startRun } from "@/server/services/runs/start-run";
import { jobAtWork } from "@/tests/support/job-at-work";
import { freshContext } from "@/tests/support/service-context";
import { storedDataSet } from "@/tests/support/stored-data-set";
import { storedModel } from "@/tests/support/stored-model";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { colouredImage, layCaptions, layTinyLlava, TINY_LLAVA_FEATURES } from "@/tests/support/tiny-llava-checkpoint";
import { eventually, startWorker } from "@/tests/support/worker-process";

const context = await freshContext();
const { store, dataFolder } = context;
const captions = { kind: "promptCompletion", prompt: "prompt", completion: "completion", image: "image" } as const;

it("trains a language model that reads images, collects its latents, and answers chats with images", async () => {
  const path = layTinyLlava(join(temporaryFolder(), "llava"));
  await addModel(jobAtWork(store, { taskId: newId(), dataFolder }), { path, name: null, isOwned: false });
  const [model] = await listModels(context);
  expect(model).toMatchObject({
    architecture: "llava",
    vocab: 48,
    numLayers: 2,
    dModel: 24,
    defaultTargets: ["q_proj", "v_proj"],
    images: { size: { height: 8, width: 8 }, tokensInPrompt: TINY_LLAVA_FEATURES },
  });
  // In the checkpoint's order.
  expect(model?.projections.map(({ name }) => name).toSorted()).toEqual([
    "down_proj",
    "gate_proj",
    "k_proj",
    "o_proj",
    "q_proj",
    "up_proj",
    "v_proj",
  ]);

  const { id: dataSetId } = await storedDataSet(context, await layCaptions(join(temporaryFolder(), "captions.parquet")));
  await startWorker(store.url, dataFolder);
  const modelId = model?.id ?? "";
  const preview = await eventually("the preview", () =>
    previewRows(context, { modelId, dataSetId, mapping: captions, maxTokens: 32, useChatTemplate: false, from: 0, count: 2 }),
  );
  expect(preview.rows[0]?.tokens.filter(({ text }) => text === "<image>").length).toBe(TINY_LLAVA_FEATURES);
  expect(preview).toMatchObject({ rowsTooLong: 0, rowsWithoutLabels: 0, totalRows: 16 });

  const config = {
    model: modelId,
    data: { kind: "dataSet", dataSetId, mapping: captions, validationRows: 4 },
    adapter: { method: "stan", numLatents: 32, k: 8, alpha: 16, targets: { modules: ["v_proj", "down_proj"], layers: null } },
    training: { steps: 120, batchRows: 6, maxTokens: 32, learningRate: 0.02, evaluateEvery: 0 },
    collection: {},
  } satisfies RunConfigInput;
  // A model that reads texts alone is not given images.
  const plain = await storedModel(context);
  await expect(startRun(context, { config: runConfig.parse({ ...config, model: plain }) })).rejects.toThrow(/reads texts alone/);
  const run = (await startRun(context, { config: runConfig.parse(config) })).id;
  const collection = await eventually("the collection is finished", async () => {
    const failed = (await readRun(store.db, run))?.error;
    if (failed != null) throw new Error(failed);
    const [summary] = await listCollections(store.db, run);
    if (summary?.status === "failed") throw new Error(summary.error ?? "failed");
    return summary?.status === "finished" ? summary : undefined;
  });
  expect(collection).toMatchObject({ positionKind: "token" });
  const { evaluations } = await getRun(context, run);
  expect(evaluations.at(-1)?.loss).toBeLessThan(0.3);
  const { rows } = await listLatents(context, latentQuery.parse({ collectionId: collection.id, sort: "fireCount" }));
  expect(rows[0]?.topTokens.some(({ token }) => token === "<image>")).toBe(true);

  for (const colour of ["red", "blue"] as const) {
    const url = `data:image/png;base64,${(await colouredImage(colour)).toString("base64")}`;
    const content = [
      { type: "image_url", image_url: { url } },
      { type: "text", text: "what is this ?" },
    ];
    const asked = { model: run, max_tokens: 6, temperature: 0, messages: [{ role: "user", content }] };
    const answer = await completeChat(context, chatCompletionRequest.parse(asked), new AbortController().signal);
    expect(answer.choices[0]?.message.content).toContain(colour);
    expect(answer.usage.prompt_tokens).toBeGreaterThan(TINY_LLAVA_FEATURES);
  }
});

it("refuses images that are no data addresses, and images for models that read texts alone", async () => {
  const ask = (url: string, role = "user") =>
    chatCompletionRequest.safeParse({ messages: [{ role, content: [{ type: "image_url", image_url: { url } }] }] });
  expect(ask("https://example.org/a.png").error?.issues[0]?.message).toContain("only data addresses are read");
  expect(ask("data:image/gif;base64,R0lGODlhAQABAAAAACw=").success).toBe(false);
  const image = readFileSync("tests/golden/images/grey.png").toString("base64");
  expect(ask(`data:image/png;base64,${image}`).success).toBe(true);
});

import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smallModelFolder } from "@/demo/configuration";
import { serverSentData } from "@/lib/client/generate";
import { endpointAreas } from "@/lib/contract/endpoints";
import { generated, generateEvent } from "@/lib/contract/generate";
import type { ModelSummary } from "@/lib/contract/model";
import { chatCompletion, chatCompletionChunk, completion, openaiFailure, openaiModelList } from "@/lib/contract/openai-answer";
import type { RunDetail, RunSummary } from "@/lib/contract/run";
import { expectNoOverflow, narrow, type Place, patient } from "./open-latents";
import { ask, busyLatents, type DemonstrationRun, demonstrationRun, onPage, prompt, until } from "./steer-page";

/** What scripts have of a running application; declared inside the file that starts it. */
export function describeApi(place: Place): void {
  /** Of the model that is added: there for as long as the application. */
  let folder: string | undefined;
  afterAll(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  describe("scripts", () => {
    let home: DemonstrationRun;
    let edits: unknown[];

    beforeAll(async () => {
      home = await demonstrationRun(place);
      const [first] = await busyLatents(place, home);
      edits = [{ operation: "scale", latent: { module: first.module, index: first.index }, value: 4 }];
    });

    const post = (route: string, body: unknown) =>
      fetch(`${place.url()}${route}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

    it("are told which methods there are when they call by another", async () => {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        request(`${place.url()}/api/status`, { method: "TRACE" }, resolve).on("error", reject).end();
      });
      response.resume();
      expect([response.statusCode, response.headers.allow]).toEqual([405, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"]);
    });

    describe("the page of the API", () => {
      it("lists every route, finds one by a word and opens it by a click or its address", async () => {
        await onPage(place, "/api", async (page) => {
          const entries = page.locator("details");
          const paths = endpointAreas.flatMap(({ endpoints }) => endpoints.map((endpoint) => endpoint.path));
          const listed = await entries.locator("summary").allTextContents();
          for (const route of paths) expect(listed.filter((line) => line.includes(route)).length, route).toBeGreaterThan(0);
          const { paths: documented } = await ask<{ paths: Record<string, unknown> }>(place, "/api/openapi.json");
          expect(new Set(Object.keys(documented))).toEqual(new Set(paths));
          await page.getByLabel("Search").fill("bake");
          await expect.poll(() => entries.count(), patient).toBeLessThan(listed.length / 3);
          const bake = entries.filter({ hasText: "/api/runs/{run}/bake" });
          await bake.locator("summary").click();
          await bake.getByLabel("Example of POST /api/runs/{run}/bake").waitFor();
          await bake.getByRole("link", { name: "BakeStarted" }).click();
          await page.locator("#shape-BakeStarted").getByRole("link", { name: "TaskSummary" }).click();
          await page.locator("#shape-TaskSummary dl").waitFor();
          expect(await page.getByLabel("Search").inputValue()).toBe("");
          await page.getByLabel("Search").fill("nothing has this word");
          await page.getByText("No endpoint or schema matches all of these words.").waitFor();
          await page.goto("/api#post-api-runs-run-generate");
          await page.locator("#post-api-runs-run-generate").getByText("topLogProbabilities", { exact: true }).waitFor();
        });
        await onPage(
          place,
          "/api#post-v1-chat-completions",
          async (page) => {
            await page.getByRole("heading", { name: "Body", exact: true }).waitFor();
            await expectNoOverflow(page);
          },
          narrow,
        );
      });
    });

    describe("an OpenAI client", () => {
      it("sees each run with its base model, and reads in OpenAI's form that a model is not there", async () => {
        const { data } = openaiModelList.parse(await ask(place, "/v1/models"));
        expect(data.map(({ id }) => id)).toEqual(expect.arrayContaining([home.run.id, `${home.run.id}:base`]));
        const refused = await post("/v1/completions", { model: "nobody", prompt });
        expect(refused.status).toBe(404);
        const { error } = openaiFailure.parse(await refused.json());
        expect(error).toMatchObject({ type: "invalid_request_error", param: "model", code: "model_not_found" });
        expect(error.message).toContain('"nobody"');
      });

      it("completes a text with the adapter, without it and with edits, each as the pages do", async () => {
        const asked = { prompt, stream: false, sampling: { maxTokens: 9 }, edits };
        const { arms } = generated.parse(await (await post(`/api/runs/${home.run.id}/generate`, asked)).json());
        const answers: unknown[] = [];
        for (const [model, stanscope] of [[`${home.run.id}:base`], [home.run.name], [home.run.name, { edits }]] as const) {
          const answer = await post("/v1/completions", { model, prompt, max_tokens: 9, temperature: 0, logprobs: 0, stanscope });
          const { choices, usage, stanscope: speaker } = completion.parse(await answer.json());
          expect([speaker.run, usage.completion_tokens]).toEqual([home.run.id, 9]);
          answers.push([choices[0]?.text, choices[0]?.logprobs?.token_logprobs.map((read) => read?.toFixed(4))]);
        }
        expect(answers).toEqual(arms.map(({ text, tokens }) => [text, tokens.map(({ logProbability }) => logProbability.toFixed(4))]));
        expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(3);
      });

      it("talks to a model that has a chat template, whole and streamed, with edits", async () => {
        const run = await talkingRun();
        const body = {
          model: run.id,
          messages: [{ role: "user", content: "Who spoke?" }],
          max_tokens: 8,
          temperature: 0,
          stanscope: { edits },
        };
        const whole = chatCompletion.parse(await (await post("/v1/chat/completions", body)).json());
        expect(whole.stanscope).toEqual({ run: run.id, arm: "edited", precision: "float32" });
        expect(whole.usage.completion_tokens).toBe(8);
        const streamed = await post("/v1/chat/completions", { ...body, stream: true });
        expect(streamed.headers.get("content-type")).toContain("text/event-stream");
        const data = await sentData(streamed);
        expect(data.at(-1)).toBe("[DONE]");
        const chunks = data.slice(0, -1).map((text) => chatCompletionChunk.parse(JSON.parse(text)));
        expect(chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta.content ?? "")).join("")).toBe(
          whole.choices[0]?.message.content,
        );
        expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe(whole.choices[0]?.finish_reason);
        const mute = await post("/v1/chat/completions", { ...body, model: home.run.id, stanscope: undefined });
        expect(mute.status).toBe(400);
        expect(openaiFailure.parse(await mute.json()).error.message).toContain("chat template");
      });
    });

    it("a generation is streamed event by event as it is documented, and refuses what the adapter does not have", async () => {
      const route = `/api/runs/${home.run.id}/generate`;
      const answer = await post(route, { prompt, edits, sampling: { maxTokens: 3 } });
      const events = (await sentData(answer)).map((text) => generateEvent.parse(JSON.parse(text)));
      const kinds = events.map(({ kind }) => kind).filter((kind) => kind !== "loading");
      expect(kinds[0]).toBe("start");
      expect(kinds.filter((kind) => kind === "token")).toHaveLength(9);
      expect(kinds.filter((kind) => kind === "armEnd")).toHaveLength(3);
      expect(kinds.at(-1)).toBe("end");
      const wrong = [{ operation: "scale", latent: { module: "model.layers.99.self_attn.v_proj", index: 0 }, value: 2 }];
      const refused = await post(route, { prompt, edits: wrong, stream: false });
      expect(refused.status).toBe(400);
      expect(JSON.stringify(await refused.json())).toContain("model.layers.99.self_attn.v_proj");
    });

    /** A run, trained for a step, over the small model with a chat template beside it. */
    async function talkingRun(): Promise<RunSummary> {
      const to = mkdtempSync(path.join(tmpdir(), "stanscope-talking-"));
      folder = to;
      for (const name of ["generation_config.json", "model.safetensors", "tokenizer.json"])
        copyFileSync(path.join(smallModelFolder, name), path.join(to, name));
      const write = (name: string, more: Record<string, string>) => {
        const settings = JSON.parse(readFileSync(path.join(smallModelFolder, name), "utf8"));
        writeFileSync(path.join(to, name), JSON.stringify({ ...settings, ...more }));
      };
      const template = "{% for turn in messages %}{{ turn.role }}: {{ turn.content }}\n{% endfor %}assistant:";
      write("tokenizer_config.json", { chat_template: template });
      // With the same weights and configuration it would be the model that is there already.
      write("config.json", { _name_or_path: "talking" });
      await ask(place, "/api/models", { source: "folder", path: to, name: "Talking model" });
      const model = await until(async () => {
        const { models } = await ask<{ models: ModelSummary[] }>(place, "/api/models");
        return models.find(({ name }) => name === "Talking model");
      });
      const { config } = await ask<RunDetail>(place, `/api/runs/${home.run.id}`);
      const training = { ...config.training, steps: 1, batchRows: 2, evaluateEvery: 0, evaluationRows: 2, checkpointEvery: 1 };
      const asked = { name: "One step of talking", config: { ...config, model: model.id, training, collection: null } };
      const { id } = await ask<RunSummary>(place, "/api/runs", asked);
      return until(async () => {
        const { run } = await ask<RunDetail>(place, `/api/runs/${id}`);
        if (run.status === "failed") throw new Error(run.error ?? "the run failed");
        return run.status === "finished" ? run : undefined;
      });
    }
  });
}

/** The data of each server-sent event of an answer. */
async function sentData({ body }: Response): Promise<string[]> {
  if (body === null) throw new Error("the answer has no body");
  const data: string[] = [];
  for await (const text of serverSentData(body.pipeThrough(new TextDecoderStream()).getReader())) data.push(text);
  return data;
}

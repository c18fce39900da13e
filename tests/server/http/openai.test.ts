import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { POST as notThere } from "@/app/v1/[...rest]/route";
import { POST as chat } from "@/app/v1/chat/completions/route";
import { POST as complete } from "@/app/v1/completions/route";
import { GET as getModel } from "@/app/v1/models/[model]/route";
import { GET as listModels } from "@/app/v1/models/route";
import { serverSentData } from "@/lib/client/generate";
import type { GenerateEvent, GenerateRequest } from "@/lib/contract/generate";
import {
  chatCompletion,
  chatCompletionChunk,
  completion,
  completionChunk,
  openaiFailure,
  openaiModelList,
} from "@/lib/contract/openai-answer";
import { newId } from "@/server/db/new-id";
import { setRunStatus } from "@/server/db/runs/runs";
import { insertSavedEdits } from "@/server/db/steering/saved-edits";
import { httpContext } from "@/server/http/context";
import { freshDatabase } from "@/tests/support/database";
import { storedRun } from "@/tests/support/stored-collection";
import { standInWorker } from "@/tests/support/worker-port";

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

const scaled = {
  operation: "scale" as const,
  value: 3,
  latent: { module: "layers.0.q_proj", index: 2 },
  isOn: true,
  scope: "all" as const,
};

async function finishedRun(): Promise<string> {
  const run = await storedRun(store);
  await setRunStatus(store.db, run, "finished");
  return run;
}

function post(body: unknown): Request {
  return new Request("http://127.0.0.1:3000/v1/x", { method: "POST", body: JSON.stringify(body) });
}

function get(): Request {
  return new Request("http://127.0.0.1:3000/v1/models");
}

function at<Params>(params: Params) {
  return { params: Promise.resolve(params) };
}

async function refusalOf(response: Response) {
  return { status: response.status, ...openaiFailure.parse(await response.json()).error };
}

/** A worker that reads each prompt as the words "a b" and writes " c", " d" and an end of text. */
async function worker(change: (events: GenerateEvent[], request: GenerateRequest) => GenerateEvent[] = (events) => events) {
  const asked: { runId: string; request: GenerateRequest }[] = [];
  await standInWorker(services, ({ body }, response) => {
    const call = body as { runId: string; request: GenerateRequest };
    asked.push(call);
    const { request } = call;
    const arm = request.arms[0] ?? "base";
    const top = (text: string, id: number) => (request.topLogProbabilities === 0 ? {} : { top: [{ id, text, logProbability: -0.5 }] });
    const token = (text: string, id: number, more = {}): GenerateEvent => ({
      kind: "token",
      arm,
      token: {
        text,
        id,
        logProbability: -0.5,
        klToBase: null,
        klToAdapter: null,
        activations: [],
        injectedNorm: null,
        ...top(text, id),
        ...more,
      },
    });
    const promptTokens = [
      { text: "a", id: 1 },
      { text: " b", id: 2 },
    ];
    const events: GenerateEvent[] = [{ kind: "start", precision: "float32", promptTokens, watched: [] }];
    const readings = [{ logProbability: null }, { logProbability: -2, ...top(" x", 9) }];
    if (request.promptLogProbabilities) events.push({ kind: "prompt", arm, tokens: readings });
    const written = [token(" c", 3), token(" d", 4), token("<end>", 0, { isSpecial: true })].slice(0, request.sampling.maxTokens);
    events.push(...written, {
      kind: "armEnd",
      arm,
      reason: written.length === 3 ? "endOfText" : "maxTokens",
      text: ["", " c", " c d", " c d"][written.length] ?? "",
    });
    events.push({ kind: "end", tokensPerSecond: 9 });
    response.end(
      change(events, request)
        .map((event) => `${JSON.stringify(event)}\n`)
        .join(""),
    );
  });
  return asked;
}

async function dataOf(response: Response): Promise<string[]> {
  if (response.body === null) throw new Error("an answer has a body");
  const found: string[] = [];
  for await (const data of serverSentData(response.body.pipeThrough(new TextDecoderStream()).getReader())) found.push(data);
  return found;
}

describe("chat completions", () => {
  it("answer turns with the run's adapter, in OpenAI's form", async () => {
    const run = await finishedRun();
    const asked = await worker();
    const messages = [
      { role: "developer", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: " b" },
        ],
      },
    ];
    const body = { model: run, messages, temperature: 0, max_tokens: null, stop: "zz", logprobs: true, top_logprobs: 1, user: "u" };
    const response = await chat(post(body), at({}));
    const answer = chatCompletion.parse(await response.json());
    expect(answer.choices).toMatchObject([{ index: 0, message: { role: "assistant", content: " c d" }, finish_reason: "stop" }]);
    expect(answer.choices[0]?.logprobs?.content.map(({ token, bytes }) => [token, bytes])).toEqual([
      [" c", [32, 99]],
      [" d", [32, 100]],
      ["<end>", [60, 101, 110, 100, 62]],
    ]);
    expect(answer.choices[0]?.logprobs?.content[0]?.top_logprobs).toEqual([{ token: " c", logprob: -0.5, bytes: [32, 99] }]);
    expect(answer.usage).toEqual({ prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 });
    expect(answer.stanscope).toEqual({ run, arm: "adapter", precision: "float32" });
    expect(asked).toMatchObject([
      {
        runId: run,
        request: {
          messages: [
            { role: "system", content: "Be brief." },
            { role: "user", content: "a b" },
          ],
          arms: ["adapter"],
          edits: [],
          sampling: { temperature: 0, maxTokens: 1024, stop: ["zz"] },
        },
      },
    ]);
  });

  it("stream one chunk per token, with token counts if requested", async () => {
    const run = await finishedRun();
    await worker();
    const body = { model: run, messages: [{ role: "user", content: "a b" }], stream: true, stream_options: { include_usage: true }, n: 2 };
    const response = await chat(post(body), at({}));
    expect(response.headers.get("content-type")).toMatch(/text\/event-stream/);
    const data = await dataOf(response);
    expect(data.at(-1)).toBe("[DONE]");
    const chunks = data.slice(0, -1).map((each) => chatCompletionChunk.parse(JSON.parse(each)));
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    for (const index of [0, 1]) {
      const own = chunks.flatMap(({ choices }) => choices.filter((choice) => choice.index === index));
      expect(own.map(({ delta }) => delta)).toEqual([{ role: "assistant", content: "" }, { content: " c" }, { content: " d" }, {}]);
      expect(own.map(({ finish_reason }) => finish_reason)).toEqual([null, null, null, "stop"]);
    }
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 2, completion_tokens: 6, total_tokens: 8 } });
  });

  it("refuse what is not supported, and say which field", async () => {
    const run = await finishedRun();
    const messages = [{ role: "user", content: "a" }];
    const refusal = async (more: object) => refusalOf(await chat(post({ model: run, messages, ...more }), at({})));
    expect(await refusal({ frequency_penalty: 0.5 })).toMatchObject({
      status: 400,
      type: "invalid_request_error",
      param: "frequency_penalty",
      message: expect.stringMatching(/not supported.*repetition_penalty/),
    });
    expect(await refusal({ tools: [{ type: "function" }] })).toMatchObject({ status: 400, param: "tools" });
    expect(await refusal({ response_format: { type: "json_object" } })).toMatchObject({ status: 400, param: "response_format.type" });
    expect(await refusal({ messages: [{ role: "tool", content: "x" }] })).toMatchObject({ status: 400, param: "messages.0.role" });
    expect(await refusal({ max_tokens: 4097 })).toMatchObject({ status: 400, param: "max_tokens" });
    expect(await refusal({ top_logprobs: 2 })).toMatchObject({ status: 400, param: "top_logprobs" });
    expect(await refusal({ stream: true, top_logprobs: 2 })).toMatchObject({ status: 400 });
    expect((await chat(post({ model: run, messages, frequency_penalty: 0, tools: [], tool_choice: "none" }), at({}))).status).toBe(503);
  });
});

describe("completions", () => {
  it("take prompts as strings or token ids, and answer in their order", async () => {
    const run = await finishedRun();
    const asked = await worker((events, { prompt }) =>
      prompt === "second" ? events.map((event) => (event.kind === "armEnd" ? { ...event, text: " z" } : event)) : events,
    );
    const answer = completion.parse(
      await (await complete(post({ model: run, prompt: ["first", "second"], max_tokens: 1, n: 2, seed: 5 }), at({}))).json(),
    );
    expect(answer.choices.map(({ index, finish_reason }) => [index, finish_reason])).toEqual(
      [0, 1, 2, 3].map((index) => [index, "length"]),
    );
    expect(answer.choices[1]?.text).toBe(" c");
    expect(answer.usage).toEqual({ prompt_tokens: 4, completion_tokens: 4, total_tokens: 8 });
    expect(asked.map(({ request }) => [request.prompt, request.sampling.seed]).sort()).toEqual([
      ["first", 5],
      ["first", 6],
      ["second", 5],
      ["second", 6],
    ]);
    await complete(post({ model: run, prompt: [7, 8, 9] }), at({}));
    await complete(post({ model: run, prompt: [[7], [8, 9]] }), at({}));
    expect(
      asked
        .slice(4)
        .map(({ request }) => request.promptIds)
        .sort(),
    ).toEqual([[7], [7, 8, 9], [8, 9]]);
  });

  it("echo the prompt with its own log-probabilities, as evaluation harnesses ask for them", async () => {
    const run = await finishedRun();
    await worker();
    const body = { model: run, prompt: [[1, 2]], temperature: 0, max_tokens: 1, logprobs: 1, echo: true, seed: 1234 };
    const answer = completion.parse(await (await complete(post(body), at({}))).json());
    expect(answer.choices[0]).toMatchObject({ text: "a b c", finish_reason: "length" });
    expect(answer.choices[0]?.logprobs).toEqual({
      tokens: ["a", " b", " c"],
      token_logprobs: [null, -2, -0.5],
      top_logprobs: [null, { " x": -0.5, " b": -2 }, { " c": -0.5 }],
      text_offset: [0, 1, 3],
    });
    const alone = completion.parse(await (await complete(post({ ...body, max_tokens: 0 }), at({}))).json());
    expect(alone.choices[0]).toMatchObject({ text: "a b", logprobs: { token_logprobs: [null, -2] }, finish_reason: "length" });
  });

  it("stream text, the prompt first where it is echoed", async () => {
    const run = await finishedRun();
    await worker();
    const data = await dataOf(await complete(post({ model: run, prompt: "a b", echo: true, stream: true }), at({})));
    expect(data.at(-1)).toBe("[DONE]");
    const chunks = data.slice(0, -1).map((each) => completionChunk.parse(JSON.parse(each)));
    expect(chunks.map(({ choices }) => [choices[0]?.text, choices[0]?.finish_reason])).toEqual([
      ["a b", null],
      [" c", null],
      [" d", null],
      ["", "stop"],
    ]);
  });

  it("tell a failure before the first token as a status", async () => {
    const run = await finishedRun();
    await worker(() => [{ kind: "error", message: "the prompt has 9 tokens, but the model's context is 8" }]);
    for (const stream of [true, false]) {
      expect(await refusalOf(await complete(post({ model: run, prompt: "a", stream }), at({})))).toMatchObject({
        status: 400,
        message: expect.stringMatching(/context is 8/),
      });
    }
  });

  it("tell a failure in the midst as the last event", async () => {
    const run = await finishedRun();
    await worker((events) => [...events.slice(0, 2), { kind: "error", message: "a logit is not a number", code: "internal" }]);
    const data = await dataOf(await complete(post({ model: run, prompt: "a", stream: true }), at({})));
    const [token, failed, last] = data.map((each) => (each === "[DONE]" ? each : JSON.parse(each)));
    expect(token).toMatchObject({ choices: [{ text: " c" }] });
    expect(openaiFailure.parse(failed).error).toMatchObject({ type: "server_error", message: "a logit is not a number" });
    expect([last, data.length]).toEqual(["[DONE]", 3]);
  });

  it("let the worker go when the client does", async () => {
    const run = await finishedRun();
    const gone = vi.fn();
    const stop = new AbortController();
    await standInWorker(services, (_call, response) => {
      response.on("close", gone);
      response.write(`${JSON.stringify({ kind: "start", precision: "float32", promptTokens: [], watched: [] })}\n`);
      stop.abort();
    });
    const request = new Request(post({ model: run, prompt: "a" }), { signal: stop.signal });
    expect((await complete(request, at({}))).status).toBe(503);
    await vi.waitFor(() => expect(gone).toHaveBeenCalled(), 20_000);
  });
});

describe("the model of a request", () => {
  it("is a run by id or by a name that no other has, its base, or its saved edits; stanscope wins", async () => {
    const run = await finishedRun();
    const saved = newId();
    await insertSavedEdits(store.db, { id: saved, runId: run, name: "loud: very", note: "", edits: [scaled] });
    const asked = await worker();
    const said = async (more: object) => {
      const response = await complete(post({ prompt: "a", max_tokens: 1, ...more }), at({}));
      return response.ok ? completion.parse(await response.json()).stanscope : refusalOf(response);
    };
    expect(await said({ model: `${run}:base` })).toEqual({ run, arm: "base", precision: "float32" });
    expect(await said({ model: `${run}:${saved}` })).toEqual({ run, arm: "edited", precision: "float32" });
    expect(await said({ model: `${run}:loud: very` })).toEqual({ run, arm: "edited", precision: "float32" });
    expect(asked.at(-1)?.request.edits).toEqual([scaled]);
    expect(await said({ model: `${run}:${saved}`, stanscope: { arm: "base" } })).toEqual({ run, arm: "base", precision: "float32" });
    expect(asked.at(-1)?.request.edits).toEqual([]);
    await said({ model: run, stanscope: { precision: "bfloat16" } });
    expect(asked.at(-1)?.request.precision).toBe("bfloat16");
    expect(await said({ model: "gpt-4", stanscope: { run } })).toEqual({ run, arm: "adapter", precision: "float32" });
    const missing = { status: 404, type: "invalid_request_error", code: "model_not_found", param: "model" };
    expect(await said({ model: "gpt-4" })).toMatchObject(missing);
    expect(await said({ model: `${run}:quiet` })).toMatchObject(missing);
    expect(await said({ model: "a run" })).toMatchObject({ status: 400, param: "model", message: expect.stringMatching(/Several runs/) });
    expect(await said({})).toMatchObject({ status: 400, param: "model" });
    const queued = await storedRun(store);
    expect(await said({ model: queued })).toMatchObject({ status: 409, code: "model_not_ready" });
  });

  it("is listed, each by what a request calls it", async () => {
    const run = await finishedRun();
    const saved = newId();
    await insertSavedEdits(store.db, { id: saved, runId: run, name: "loud", note: "", edits: [scaled] });
    const { data } = openaiModelList.parse(await (await listModels(get(), at({}))).json());
    const own = data.filter(({ stanscope }) => stanscope.run === run);
    expect(own.map(({ id, stanscope }) => [id, stanscope.arm, stanscope.saved])).toEqual([
      [run, "adapter", null],
      [`${run}:base`, "base", null],
      [`${run}:${saved}`, "edited", "loud"],
    ]);
    expect(await (await getModel(get(), at({ model: `${run}:loud` }))).json()).toEqual(own[2]);
    expect(await refusalOf(await getModel(get(), at({ model: "gpt-4" })))).toMatchObject({ status: 404, code: "model_not_found" });
    expect(await refusalOf(await notThere(post({}), at({ rest: ["embeddings"] })))).toMatchObject({ status: 404, code: "not_found" });
  });
});

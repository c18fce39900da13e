import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { GET as lookUp } from "@/app/api/hub/model/route";
import { GET as searchModels } from "@/app/api/hub/models/route";
import { GET as getHub, PUT as putHub } from "@/app/api/hub/route";
import { hubModel, hubSearch, hubSettings } from "@/lib/contract/hub";
import { readSetting } from "@/server/db/labels/settings";
import { httpContext } from "@/server/http/context";
import { freshDatabase } from "@/tests/support/database";
import { fakeHub } from "@/tests/support/fake-hub";
import { ggufHead } from "@/tests/support/gguf-head";

const database = await freshDatabase();
process.env["DATABASE_URL"] = database.url;
process.env["STANSCOPE_HOME"] = mkdtempSync(join(tmpdir(), "stanscope-home-"));
const { services, live } = httpContext();
const at = { params: Promise.resolve({}) };
const commit = "0123456789abcdef0123456789abcdef01234567";
const llama = {
  ...{ model_type: "llama", hidden_size: 8, num_hidden_layers: 1, num_attention_heads: 2, intermediate_size: 16, vocab_size: 32 },
  ...{ rms_norm_eps: 1e-6, max_position_embeddings: 64, hidden_act: "silu" },
};
const files = { "config.json": JSON.stringify(llama), "tokenizer.json": "{}", "model.safetensors": Buffer.alloc(5000) };

beforeEach(() => put({ isOn: false, token: "" }));
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  await live.close();
  await services.store.close();
  rmSync(services.dataFolder, { recursive: true, force: true });
});

function get(query: Record<string, string> = {}): Request {
  return new Request(`http://127.0.0.1:3000/?${new URLSearchParams(query)}`, { headers: { host: "127.0.0.1:3000" } });
}

async function put(body: unknown) {
  const request = new Request("http://127.0.0.1:3000/", { method: "PUT", body: JSON.stringify(body), headers: { host: "127.0.0.1:3000" } });
  return (await putHub(request, at)).json() as Promise<unknown>;
}

async function aHub(content: Parameters<typeof fakeHub>[2] = files) {
  const hub = await fakeHub("some/model", commit, content);
  vi.stubEnv("HF_ENDPOINT", hub.url);
  return hub;
}

/** What stands at HF_ENDPOINT until the test ends, and its address. */
async function anotherServer(answer: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_, response) => answer(response));
  onTestFinished(() => {
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv("HF_ENDPOINT", url);
  return url;
}

async function lookedUp(query: Record<string, string> = {}) {
  return hubModel.strict().parse(await (await lookUp(get({ id: "some/model", ...query }), at)).json());
}

describe("the hub's settings", () => {
  it("are off at first, and keep a token that is never sent back", async () => {
    const { url } = await aHub();
    expect(await (await getHub(get(), at)).json()).toEqual({ isOn: false, address: url, token: null });
    expect(hubSettings.strict().parse(await put({ isOn: true, token: " hf_a " }))).toEqual({ isOn: true, address: url, token: "entered" });
    expect(await put({ isOn: false })).toMatchObject({ isOn: false, token: "entered" });
    expect(await readSetting(services.store.db, "hub")).toEqual({ isOn: false, token: "hf_a", origin: url });
    expect(await put({ token: "" })).toMatchObject({ token: null });
  });

  it("say that the token is HF_TOKEN, which an entered one goes before", async () => {
    await aHub();
    vi.stubEnv("HF_TOKEN", "hf_outside");
    expect(await put({})).toMatchObject({ token: "environment" });
    expect(await put({ token: "hf_a" })).toMatchObject({ token: "entered" });
  });

  it("refuse what cannot be sent as a token, without quoting it", async () => {
    const answer = JSON.stringify(await put({ token: "hf_a\nsecret" }));
    expect(answer).toContain("An access token has letters, digits and signs without spaces");
    expect(answer).not.toContain("secret");
    vi.stubEnv("HF_TOKEN", "hf_ü");
    expect(await (await getHub(get(), at)).json()).toMatchObject({ error: { message: expect.stringMatching(/^HF_TOKEN: contains char/) } });
  });

  it("forget a token when the hub's address is another", async () => {
    await aHub();
    await put({ token: "hf_a" });
    await aHub();
    expect(await (await getHub(get(), at)).json()).toMatchObject({ token: null });
    await put({ isOn: true });
    expect(await readSetting(services.store.db, "hub")).toMatchObject({ token: "" });
  });
});

describe("a search of the hub", () => {
  it("sends nothing until a person switches it on", async () => {
    const hub = await aHub();
    const refused = await searchModels(get({ search: "tiny" }), at);
    expect([refused.status, hub.seen]).toEqual([409, []]);
  });

  it("tells size, licence, gate and support of each model from one request", async () => {
    const hub = await aHub();
    const [owner, downloads] = ["owner", 7];
    hub.found = [
      {
        ...{ _id: "1", id: `${owner}/llama`, downloads, gated: "manual", tags: ["license:apache-2.0"], config: { model_type: "llama" } },
        ...{ safetensors: { parameters: { BF16: 1000, F32: 10 }, total: 1010 }, siblings: [] },
      },
      { _id: "2", id: `${owner}/gguf`, downloads, gated: false, tags: ["gguf"], siblings: [{ rfilename: "a.gguf" }] },
      {
        ...{ _id: "3", id: `${owner}/mamba`, downloads, gated: false, cardData: { license: "other", license_name: "own" } },
        ...{ config: { model_type: "gpt_new", n_embd: 4, alibi: true }, siblings: [{ rfilename: "pytorch_model.bin" }] },
      },
    ];
    await put({ isOn: true });
    const { models } = hubSearch.strict().parse(await (await searchModels(get({ search: "tiny" }), at)).json());
    const none = { architecture: null, isSupported: null, nearest: null, missing: [] };
    expect(models).toEqual([
      {
        ...{ id: "owner/llama", downloads, licence: "apache-2.0", isGated: true, format: "safetensors", sizeBytes: 2040 },
        support: { ...none, architecture: "llama", isSupported: true },
      },
      { id: "owner/gguf", downloads, licence: null, isGated: false, format: "gguf", sizeBytes: null, support: none },
      {
        ...{ id: "owner/mamba", downloads, licence: "own", isGated: false, format: null, sizeBytes: null },
        support: { architecture: "gpt_new", isSupported: false, nearest: "gpt2", missing: ["ALiBi positions (alibi)"] },
      },
    ]);
    expect(hub.seen.map(({ path }) => path.split("?")[0])).toEqual(["/api/models"]);
    expect(new URL(hub.seen[0]?.path ?? "", hub.url).searchParams.get("search")).toBe("tiny");
  });
});

describe("a search that comes to nothing", () => {
  it("is no bug of the server's where the page no longer waits for it", async () => {
    await aHub();
    await put({ isOn: true });
    const logged = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const request = new Request(get({ search: "tiny" }), { signal: AbortSignal.abort() });
    const answer = await searchModels(request, at);
    expect([answer.status, logged.mock.calls]).toEqual([503, []]);
    logged.mockRestore();
  });

  it("says that the address is no hub's where a page answers", async () => {
    const url = await anotherServer((response) => response.end("<html>"));
    await put({ isOn: true });
    for (const answer of [await searchModels(get({ search: "tiny" }), at), await lookUp(get({ id: "some/model" }), at)])
      expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining(`${url} does not respond like a model hub`)]);
  });

  it.each(['{"error":"not here"}', "null", "[null]", '[{"id":7}]', '[{"id":"some/model","siblings":"none"}]'])(
    "says that the address is no hub's where it answers %s",
    async (text) => {
      const url = await anotherServer((response) => response.end(text));
      await put({ isOn: true });
      const answer = await searchModels(get({ search: "tiny" }), at);
      expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining(`${url} does not respond like a model hub`)]);
    },
  );

  it("says that the token is refused", async () => {
    await anotherServer((response) => response.writeHead(401).end());
    await put({ isOn: true });
    const answer = await searchModels(get({ search: "tiny" }), at);
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("the hub refuses the access token")]);
  });
});

describe("a model that is looked up", () => {
  it("is told with the size of what would be fetched, its licence and the free disk", async () => {
    const hub = await aHub({ ...files, "README.md": "not fetched", "tiny.Q4_0.gguf": ggufHead("llama") });
    hub.about = { downloads: 3, gated: false, tags: ["license:mit"] };
    const sizes = Object.values(files).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
    const model = await lookedUp();
    expect(model).toMatchObject({
      ...{ id: "some/model", commit, licence: "mit", downloads: 3, isGated: false, isReadable: true, problem: null },
      ...{ page: `${hub.url}/some/model`, support: { architecture: "llama", isSupported: true } },
      choices: [
        { file: null, sizeBytes: sizes, files: 3 },
        { file: "tiny.Q4_0.gguf", sizeBytes: ggufHead("llama").length, files: 1 },
      ],
    });
    expect(model.freeBytes).toBeGreaterThan(0);
  });

  it("that is gated is told all the same, and read once its token is there", async () => {
    const hub = await aHub();
    Object.assign(hub, { token: "hf_right", about: { gated: "auto", config: { model_type: "llama" } } });
    expect(await lookedUp()).toMatchObject({ isGated: true, isReadable: false, support: { isSupported: true }, choices: [{ file: null }] });
    await put({ token: "hf_right" });
    expect(await lookedUp()).toMatchObject({ isGated: true, isReadable: true });
  });

  it("names what comes nearest and what is missing where the engine has no such architecture", async () => {
    await aHub({ ...files, "config.json": JSON.stringify({ ...llama, model_type: "hymba", mamba_d_state: 16 }) });
    expect(await lookedUp()).toMatchObject({
      support: { architecture: "hymba", isSupported: false, nearest: "llama", missing: ["state-space layers (mamba_d_state)"] },
      problem: expect.stringContaining('model_type "hymba" is not supported'),
    });
  });

  it("names the setting of a supported architecture that the engine has not", async () => {
    await aHub({ ...files, "config.json": JSON.stringify({ ...llama, hidden_act: "mish" }) });
    expect(await lookedUp()).toMatchObject({ support: { isSupported: true }, problem: expect.stringContaining("mish") });
  });

  it("is judged by the head of its GGUF files where it has no configuration", async () => {
    await aHub({ "a.gguf": ggufHead("mamba") });
    expect(await lookedUp()).toMatchObject({ support: { architecture: "mamba", isSupported: false }, choices: [{ file: "a.gguf" }] });
  });

  it("offers the GGUF files alone that can be read, and says so where there are none", async () => {
    const gguf = ggufHead("llama");
    const unread = { "a.Q2_K.gguf": gguf, "a-IQ4_XS.gguf": gguf, "a.Q8_0-00001-of-00002.gguf": gguf, "mmproj-a.gguf": gguf };
    await aHub({ ...unread, "a.Q4_K_M.gguf": gguf, "a.Q8_0.gguf": gguf });
    expect((await lookedUp()).choices.map(({ file }) => file)).toEqual(["a.Q4_K_M.gguf", "a.Q8_0.gguf"]);
    await aHub(unread);
    expect(await lookedUp()).toMatchObject({ choices: [], problem: expect.stringContaining("or in unsupported quantisations") });
  });

  it("says how a diffusion model is added", async () => {
    await aHub({ "model_index.json": "{}", "transformer/config.json": "{}" });
    expect(await lookedUp()).toMatchObject({
      problem: expect.stringContaining(
        "some/model is a diffusion model, which is not fetched from here: download it (transformer, scheduler and model_index.json) and add its folder",
      ),
    });
  });

  it("says what it lacks where it cannot be fetched at all", async () => {
    await aHub({ "config.json": JSON.stringify(llama), "pytorch_model.bin": "x", "tokenizer.json": "{}" });
    expect(await lookedUp()).toMatchObject({ choices: [], problem: expect.stringContaining("has no weights as safetensors") });
  });

  it("that is not there, or a hub that is not, is said in a sentence", async () => {
    await aHub();
    const missing = await lookUp(get({ id: "some/other" }), at);
    expect([missing.status, await missing.json()]).toMatchObject([
      404,
      { error: { field: "id", message: expect.stringContaining("no such") } },
    ]);
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    const away = await lookUp(get({ id: "some/model" }), at);
    expect([away.status, await away.json()]).toMatchObject([503, { error: { message: expect.stringContaining("cannot be reached") } }]);
  });
});

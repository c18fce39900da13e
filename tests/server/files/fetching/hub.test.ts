import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type DownloadOptions, type DownloadProgress, downloadModel } from "@/server/files/fetching/hub";
import { hubProblem } from "@/server/files/fetching/hub-access";
import { fakeHub } from "@/tests/support/fake-hub";
import { ggufHead } from "@/tests/support/gguf-head";
import type { FakeHub } from "@/tests/support/hub-server";
import { seededRandom } from "@/tests/support/seeded-random";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const commit = "0123456789abcdef0123456789abcdef01234567";
const random = seededRandom(1);
const weights = Buffer.from(Uint8Array.from({ length: 300_000 }, () => Math.floor(random() * 256)));
const files = {
  "config.json": '{"model_type":"llama"}',
  "tokenizer.json": "{}",
  "tokenizer_config.json": "{}",
  "model.safetensors": weights,
  "README.md": "not needed",
  "pytorch_model.bin": "not needed",
  "onnx.safetensors": "not needed",
};

const index = (...shards: string[]) => JSON.stringify({ weight_map: Object.fromEntries(shards.map((name, i) => [`t${i}`, name])) });
const [first, second] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"] as const;
const sharded = { "model.safetensors.index.json": index(first, second), [first]: "a", [second]: "b" };

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

describe("a model on the hub", () => {
  it("is downloaded with what is needed alone, at the commit that the branch stands at", async () => {
    const root = temporaryFolder();
    const hub = await aHub(files);
    const seen: DownloadProgress[] = [];
    const { folder, revision, sizeBytes } = await downloadModel("some/model", root, {
      revision: "main",
      onProgress: (progress) => seen.push(progress),
    });
    expect(folder).toBe(join(root, "some--model@0123456789ab"));
    expect(revision).toBe(commit);
    expect(readdirSync(folder).sort()).toEqual(["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]);
    expect(readFileSync(join(folder, "model.safetensors")).equals(weights)).toBe(true);
    expect(readdirSync(root)).toEqual(["some--model@0123456789ab"]);
    expect(seen.at(-1)).toEqual({ file: "model.safetensors", doneBytes: sizeBytes, totalBytes: sizeBytes });
    expect(seen.map(({ doneBytes }) => doneBytes)).toEqual(seen.map(({ doneBytes }) => doneBytes).sort((a, b) => a - b));
    const before = hub.requests.length;
    expect((await downloadModel("some/model", root)).folder).toBe(folder);
    expect(hub.requests).toHaveLength(before);
  });

  it("is downloaded shard by shard", async () => {
    const { "model.safetensors": _, ...others } = files;
    await aHub({ ...others, ...sharded });
    const { folder } = await downloadModel("some/model", temporaryFolder());
    expect(readdirSync(folder).filter((name) => name.includes("of-0"))).toEqual([
      "model-00001-of-00002.safetensors",
      "model-00002-of-00002.safetensors",
    ]);
  });

  it.each<[string, Record<string, string>, string]>([
    [second, { ...sharded, [second]: "" }, `weights in shards, of which the hub does not have ${second}`],
    ["the index", { [first]: "a", [second]: "b" }, "of which the hub does not have model.safetensors.index.json"],
    [
      "what the index names",
      { ...sharded, "model.safetensors.index.json": index(first, "more.safetensors") },
      "does not have: more.safetensors",
    ],
  ])("is refused before its weights are fetched when %s is missing", async (missing, given, message) => {
    const { "model.safetensors": _, ...others } = files;
    const content: Record<string, Buffer | string> = { ...others, ...given };
    delete content[missing];
    const hub = await aHub(content);
    await expect(downloadModel("some/model", temporaryFolder())).rejects.toThrow(message);
    expect(hub.requests.filter((path) => path.includes("of-0"))).toEqual([]);
  });

  it("names the shard that arrives damaged", async () => {
    const { "model.safetensors": _, ...others } = files;
    const hub = await aHub({ ...others, ...sharded });
    hub.damaged.set(second, Buffer.from("?"));
    await expect(downloadModel("some/model", temporaryFolder())).rejects.toThrow(`some/model: ${second} was corrupted in transit`);
  });

  it("is one GGUF file where a person chose one, which opens at its own path", async () => {
    const root = temporaryFolder();
    const small = ggufHead("llama");
    const hub = await aHub({ "tiny.Q4_0.gguf": small, "tiny.Q8_0.gguf": Buffer.concat([small, small]), "mmproj-tiny.gguf": small });
    const { path, folder, sizeBytes } = await downloadModel("some/model", root, { file: "tiny.Q4_0.gguf" });
    expect([path, sizeBytes]).toEqual([join(root, "some--model@0123456789ab+tiny.Q4_0.gguf", "tiny.Q4_0.gguf"), small.length]);
    expect(readdirSync(folder)).toEqual(["tiny.Q4_0.gguf"]);
    expect(hub.requests.filter((request) => !request.startsWith("tiny.Q4_0.gguf"))).toEqual([]);
    await expect(downloadModel("some/model", root)).rejects.toThrow("it has only GGUF files; choose one of them");
    await expect(downloadModel("some/model", root, { file: "mmproj-tiny.gguf" })).rejects.toThrow("it has tiny.Q4_0.gguf, tiny.Q8_0.gguf");
  });

  it("is refused by the head of its GGUF file before the rest is fetched", async () => {
    const hub = await aHub({ "big.gguf": Buffer.concat([ggufHead("mamba"), Buffer.alloc(300_000)]) });
    await expect(downloadModel("some/model", temporaryFolder(), { file: "big.gguf" })).rejects.toThrow(
      'big.gguf has the architecture "mamba"; supported in GGUF files: llama',
    );
    expect(hub.requests).toEqual(["big.gguf 0-65536"]);
  });

  it("is not begun on a disk without room for it", async () => {
    const hub = await aHub(files);
    hub.sizes.set("model.safetensors", Number.MAX_SAFE_INTEGER);
    await expect(downloadModel("some/model", temporaryFolder())).rejects.toThrow(
      /the disk has [\d,]+ MB left, but 9,007,199,255 MB are needed; free some space/,
    );
    expect(hub.requests).toEqual([]);
  });

  it("is fetched from the host that the hub redirects to, which never gets the token", async () => {
    const hub = await aHub(files);
    Object.assign(hub, { token: "secret", isElsewhere: true });
    hub.breakAfter.push(100_000);
    const token = { token: "secret", origin: hub.url };
    const { folder } = await downloadModel("some/model", temporaryFolder(), { token });
    expect(readFileSync(join(folder, "model.safetensors")).equals(weights)).toBe(true);
    const tokens = (host: string) => new Set(hub.seen.filter((one) => one.host === host).map((one) => one.authorization));
    expect([tokens("hub"), tokens("elsewhere")]).toEqual([new Set(["Bearer secret"]), new Set([undefined])]);
    expect(hub.requests.slice(-2)).toEqual(["model.safetensors 0-300000", "model.safetensors 100000-300000"]);
  });

  it("keeps a token that was entered for another hub to itself, and takes HF_TOKEN", async () => {
    const hub = await aHub(files);
    const token = { token: "secret", origin: "https://another.hub" };
    await downloadModel("some/model", temporaryFolder(), { token });
    expect(hub.seen.map((one) => one.authorization)).toEqual(hub.seen.map(() => undefined));
    vi.stubEnv("HF_TOKEN", "from-outside");
    await downloadModel("some/model", temporaryFolder(), { token });
    expect(hub.seen.at(-1)?.authorization).toBe("Bearer from-outside");
  });

  it.each([undefined, "wrong"])("that is gated says what to do to whoever has the token %s", async (given) => {
    const hub = await aHub(files);
    hub.token = "right";
    const options = given === undefined ? {} : { token: { token: given, origin: hub.url } };
    const refused = await downloadModel("some/model", temporaryFolder(), options).catch(String);
    expect(refused).toContain(`accept the licence on the model's page (${hub.url}/some/model) and enter an access token`);
    expect(refused).not.toContain("wrong");
  });

  it("waits out a hub that is in trouble for a moment, and says its status where it stays so", async () => {
    const hub = await aHub(files);
    hub.failures.push(503, 429);
    const { folder } = await downloadModel("some/model", temporaryFolder());
    expect(readFileSync(join(folder, "model.safetensors")).equals(weights)).toBe(true);
    hub.failures.push(...Array.from({ length: 9 }, () => 502));
    await expect(downloadModel("some/model", temporaryFolder())).rejects.toThrow("the hub responded with status 502; try again later");
  });

  it("resumes where a broken connection stopped", async () => {
    const hub = await aHub(files);
    hub.breakAfter.push(100_000, 50_000);
    const { folder } = await downloadModel("some/model", temporaryFolder());
    expect(readFileSync(join(folder, "model.safetensors")).equals(weights)).toBe(true);
    expect(hub.requests.slice(-3)).toEqual([
      "model.safetensors 0-300000",
      "model.safetensors 100000-300000",
      "model.safetensors 150000-300000",
    ]);
  });

  it("resumes where an aborted download stopped", async () => {
    const root = temporaryFolder();
    const hub = await aHub(files);
    hub.breakAfter.push(100_000);
    const controller = new AbortController();
    const onProgress = ({ file, doneBytes }: DownloadProgress): void => {
      if (file === "model.safetensors" && doneBytes > 100_000) controller.abort(new Error("stopped by hand"));
    };
    await expect(downloadModel("some/model", root, { signal: controller.signal, onProgress })).rejects.toThrow("stopped by hand");
    expect(readdirSync(root)).toEqual(["some--model@0123456789ab.partial"]);
    hub.requests.length = 0;
    const { folder } = await downloadModel("some/model", root);
    expect(readFileSync(join(folder, "model.safetensors")).equals(weights)).toBe(true);
    expect(hub.requests).toHaveLength(1);
    expect(hub.requests[0]).not.toBe("model.safetensors 0-300000");
  });

  it("begins anew when what is there is of another commit", async () => {
    const root = temporaryFolder();
    await aHub(files);
    const partial = join(root, "some--model@0123456789ab.partial");
    mkdirSync(partial);
    writeFileSync(join(partial, ".revision"), `${commit.slice(0, 12)}${"f".repeat(28)}`);
    writeFileSync(join(partial, "config.json"), "of another commit");
    const { folder } = await downloadModel("some/model", root);
    expect(readFileSync(join(folder, "config.json"), "utf8")).toBe(files["config.json"]);
  });

  it.each(["model.safetensors", "config.json"])("is refused when %s arrives damaged, and can be fetched again", async (name) => {
    const root = temporaryFolder();
    const hub = await aHub(files);
    const whole = Buffer.from(files[name as keyof typeof files]);
    hub.damaged.set(name, Buffer.concat([whole.subarray(0, -1), Buffer.from("?")]));
    await expect(downloadModel("some/model", root)).rejects.toThrow(`some/model: ${name} was corrupted in transit`);
    hub.damaged.clear();
    const { folder } = await downloadModel("some/model", root);
    expect(readFileSync(join(folder, name)).equals(whole)).toBe(true);
  });

  it("is refused by its configuration before its weights are fetched", async () => {
    const hub = await aHub(files);
    const checkConfig: DownloadOptions["checkConfig"] = (config) => {
      throw new Error(`no ${config["model_type"]}`);
    };
    await expect(downloadModel("some/model", temporaryFolder(), { checkConfig })).rejects.toThrow("no llama");
    expect(hub.requests).toEqual(["config.json 0-22"]);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ["has no configuration", { "tokenizer.json": "" }, /has no config.json at the top: it is not a transformers checkpoint/],
    ["is an adapter", { "adapter_config.json": "{}" }, /it is an adapter, not a base model/],
    ["has no tokenizer", { "config.json": "{}", "model.safetensors": "" }, /has no tokenizer.json/],
    ["has no safetensors", { "config.json": "{}", "tokenizer.json": "{}", "pytorch_model.bin": "" }, /has no weights as safetensors/],
  ])("is refused when it %s", async (_, content, message) => {
    await aHub(content);
    await expect(downloadModel("some/model", temporaryFolder())).rejects.toThrow(message);
  });

  it("that is not there is said so", async () => {
    await aHub(files);
    await expect(downloadModel("some/other", temporaryFolder())).rejects.toThrow("some/other: the hub has no such model or revision");
  });

  it.each(["ENOSPC", "EDQUOT"])("keeps what was downloaded when the disk has no more room (%s), and says so", (code) => {
    const problem = hubProblem("owner/name", Object.assign(new Error("no space"), { code }), { hasToken: false });
    expect(problem).toMatchObject({ code: "unavailable", message: expect.stringMatching(/disk is full.*what was downloaded is kept/) });
  });

  it("cannot be reached without a network, which is said in a sentence", async () => {
    vi.stubEnv("HF_ENDPOINT", "http://127.0.0.1:9");
    const root = temporaryFolder();
    await expect(downloadModel("some/model", root)).rejects.toThrow("some/model: the model hub cannot be reached; check the network");
    expect(readdirSync(root)).toEqual([]);
  });

  it.each([
    '{"error":"not here"}',
    "null",
    "[null]",
    '[{"type":"file","path":7,"size":1,"oid":"0"}]',
    '[{"type":"file","path":"config.json","size":-1,"oid":"0"}]',
    '[{"type":"file","path":"config.json","size":1,"oid":[]}]',
  ])("is not fetched where the list of files is %s, which no hub gives", async (list) => {
    vi.stubGlobal(
      "fetch",
      async (input: string | URL) =>
        new Response(String(input).includes("/tree/") ? list : JSON.stringify({ _id: "1", id: "some/model", sha: commit })),
    );
    const root = temporaryFolder();
    await expect(downloadModel("some/model", root)).rejects.toThrow("does not respond like a model hub");
    expect(readdirSync(root)).toEqual([]);
  });

  it.each(["model", "../model", "a/b/c", "a/..", "./b", ""])("must be named as owner/name, not %j", async (id) => {
    const root = temporaryFolder();
    await expect(downloadModel(id, root)).rejects.toThrow("is not a hub id");
    expect(existsSync(join(root, ".."))).toBe(true);
  });
});

async function aHub(content: Record<string, Buffer | string>): Promise<FakeHub> {
  const hub = await fakeHub("some/model", commit, content);
  vi.stubEnv("HF_ENDPOINT", `${hub.url}/`);
  return hub;
}

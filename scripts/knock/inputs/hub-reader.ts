import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { downloadModel } from "@/server/files/fetching/hub";
import { lookUpHubModel } from "@/server/files/fetching/look-up-hub-model";
import { searchHub } from "@/server/files/fetching/search-hub";
import { describeModel } from "@/server/runtime/models/describe-model";
import { ggufBytes } from "@/tests/support/gguf-writer";
import { asJson, type FileReader, type Files, fromDisk } from "./files";

const id = "knock/small";
const gguf = "a.gguf";
const commit = "0".repeat(40);
const hubUrl = "http://127.0.0.1:9";
const weights = /\.(?:gguf|safetensors)$/;
const token = { token: "", origin: hubUrl };

/** In a list of files these stand for what is true of the file, whatever else was changed: one of a wrong hash is not read at all. */
const [size, hash] = ["its size", "its hash"];

function described(name: string): unknown {
  const isLarge = weights.test(name);
  return {
    type: "file",
    path: name,
    oid: isLarge ? commit : hash,
    size,
    ...(isLarge ? { lfs: { oid: hash, size, pointerSize: 130 } } : {}),
  };
}

function truthOf(list: string, folder: string): string {
  return list.replace(/\{[^{}]*"path":"([\w.-]+)"(?:[^{}]|\{[^{}]*\})*\}/g, (entry, name: string) => {
    const bytes = readdirSync(folder).includes(name) ? readFileSync(join(folder, name)) : Buffer.alloc(0);
    const [algorithm, head] = weights.test(name) ? ["sha256", ""] : ["sha1", `blob ${bytes.length}\0`];
    const digest = createHash(algorithm).update(head).update(bytes).digest("hex");
    return entry.replaceAll(`"${size}"`, String(bytes.length)).replaceAll(`"${hash}"`, `"${digest}"`);
  });
}

/** Answers as the hub does, out of a folder. */
function answerFrom(folder: string): typeof fetch {
  return async (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const json = (name: string) => new Response(truthOf(readFileSync(join(folder, name), "utf8"), folder));
    if (pathname === "/api/models") return json("search.json");
    if (pathname.startsWith(`/api/models/${id}/revision/`)) return json("revision.json");
    if (pathname.startsWith(`/api/models/${id}/tree/`)) return json("tree.json");
    const name = pathname.split("/").at(-1) ?? "";
    if (!readdirSync(folder).includes(name)) return new Response("", { status: 404 });
    return partOf(readFileSync(join(folder, name)), new Headers(init?.headers).get("range"));
  };
}

function partOf(bytes: Buffer, range: string | null): Response {
  const [, from = 0, to = bytes.length - 1] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  const part = new Uint8Array(bytes.subarray(Number(from), Number(to) + 1));
  const headers = { etag: '"1"', "content-length": String(part.length) };
  if (range === null) return new Response(part, { headers });
  return new Response(part, { status: 206, headers: { ...headers, "content-range": `bytes ${from}-${to}/${bytes.length}` } });
}

/** A hub whose answers are not what they should be: a search, a look before fetching, a fetch of safetensors and of a GGUF file. */
export const hubReader: FileReader = {
  name: "hub",
  corpus() {
    const model = fromDisk("tests/golden/models/llama-odd", ["config.json", "model.safetensors"]);
    const files: Files = { ...model, "tokenizer.json": asJson({ model: { type: "BPE", vocab: { a: 0 }, merges: [] } }) };
    const quantised = { [gguf]: ggufBytes({ keys: [["general.architecture", "llama"]], tensors: [] }) };
    return [files, { ...files, ...quantised }].map((held) => ({
      ...held,
      "revision.json": asJson({
        _id: "1",
        id,
        sha: commit,
        tags: ["license:mit"],
        downloads: 3,
        gated: false,
        config: { model_type: "llama" },
      }),
      "tree.json": asJson(Object.keys(held).map(described)),
      "search.json": asJson([
        { _id: "1", id, downloads: 3, tags: [], safetensors: { parameters: { BF16: 7 } }, siblings: [{ rfilename: gguf }] },
      ]),
    }));
  },
  async read(folder) {
    const { fetch } = globalThis;
    const endpoint = process.env["HF_ENDPOINT"];
    process.env["HF_ENDPOINT"] = hubUrl;
    globalThis.fetch = answerFrom(folder);
    try {
      await searchHub("small", token, AbortSignal.timeout(10_000));
      await lookUpHubModel(id, { token, signal: AbortSignal.timeout(10_000) });
      describeModel((await downloadModel(id, join(folder, "fetched"))).path);
      if (existsSync(join(folder, gguf))) await downloadModel(id, join(folder, "fetched"), { file: gguf });
    } finally {
      globalThis.fetch = fetch;
      if (endpoint === undefined) delete process.env["HF_ENDPOINT"];
      else process.env["HF_ENDPOINT"] = endpoint;
    }
  },
};

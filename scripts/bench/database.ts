/**
 * `npm run bench -- --database [--layers 30] [--width 4096] [--large-layers 0] [--large-width 32768] [--requests 300] [--keep FOLDER]`
 *
 * How fast latents are looked at: two made-up collections of `layers` × 2 modules × `width` latents in a PostgreSQL of their own, asked through an HTTP
 * server around the application's handlers in another process, each kind of request in turn; then the same while a third collection is written by
 * COPY; then, with `--large-layers`, one large collection. Prints the median, the 95th percentile and the largest time of each kind, in milliseconds,
 * from sending a request to the end of its body. FOLDER keeps the database for another time.
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { Agent, get } from "node:http";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Random } from "@/lib/numbers/random";
import { startPostgres } from "@/scripts/postgres.mjs";
import { openStore, type Store } from "@/server/db/client";
import { listDictionaries } from "@/server/db/latents/collections";
import { dropCollection } from "@/server/db/latents/load-collection";
import { migrate } from "@/server/db/migrate";
import { newId } from "@/server/db/new-id";
import { type Asked, type RequestKind, randomRequest } from "./latent-requests";
import { storeSynthetic } from "./synthetic-collection";

const { values: options } = parseArgs({
  options: {
    layers: { type: "string", default: "30" },
    width: { type: "string", default: "4096" },
    "large-layers": { type: "string", default: "0" },
    "large-width": { type: "string", default: "32768" },
    requests: { type: "string", default: "300" },
    keep: { type: "string" },
  },
});
const layers = Number(options.layers);
const width = Number(options.width);
const requests = Number(options.requests);
const projections = ["q_proj", "v_proj"];
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

const folder = options.keep ?? mkdtempSync(join(tmpdir(), "stanscope-bench-"));
mkdirSync(folder, { recursive: true });
const postgres = await startPostgres(folder);
const children: ChildProcess[] = [];
try {
  await migrate(postgres.url);
  await measureAll(openStore(postgres.url));
} finally {
  for (const child of children) child.kill("SIGKILL");
  agent.destroy();
  await postgres.stop();
  if (options.keep === undefined) rmSync(folder, { recursive: true, force: true });
}

async function measureAll(store: Store): Promise<void> {
  const { port } = await start<{ port: number }>("server");
  print(
    `${cpus()[0]?.model ?? "processor"}, ${availableParallelism()} cores; Node ${process.version}; an HTTP server around the exported handlers`,
  );
  const two = [await collection(store, "first", layers, width, 1), await collection(store, "second", layers, width, 2)];
  const count = (layers * projections.length * width).toLocaleString("en");
  await measure(`two collections of ${count} latents`, port, two, ["sorted", "filtered", "search", "latent", "histograms"]);
  await start("writer", String(layers), String(width));
  await measure("the same while a third is written by COPY", port, two, ["sorted", "filtered", "search", "latent", "histograms"]);
  children.pop()?.kill("SIGKILL");
  const largeLayers = Number(options["large-layers"]);
  if (largeLayers > 0) {
    const largeWidth = Number(options["large-width"]);
    const large = await collection(store, "large", largeLayers, largeWidth, 5);
    const largeCount = (largeLayers * projections.length * largeWidth).toLocaleString("en");
    await measure(`one collection of ${largeCount} latents, without examples`, port, [large], ["sorted", "filtered", "search"]);
  }
  await store.close();
}

/** A collection of that name and size, made unless the folder has it. */
async function collection(store: Store, name: string, ofLayers: number, ofWidth: number, seed: number): Promise<Asked> {
  const numLatents = ofLayers * projections.length * ofWidth;
  for (const known of await listDictionaries(store.db)) {
    if (known.name !== name) continue;
    if (known.status === "finished" && known.numLatents === numLatents)
      return { collectionId: known.id, modules: known.modules, layers: ofLayers };
    await dropCollection(store, known.id);
  }
  const id = newId();
  const start = performance.now();
  const modules = await storeSynthetic(store, id, name, {
    layers: ofLayers,
    projections,
    width: ofWidth,
    hasExamples: name !== "large",
    seed,
  });
  print(`stored ${numLatents.toLocaleString("en")} latents in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return { collectionId: id, modules, layers: ofLayers };
}

async function measure(title: string, port: number, asked: readonly Asked[], kinds: readonly RequestKind[]): Promise<void> {
  const random = new Random(11);
  const times = new Map(kinds.map((kind) => [kind, [] as number[]]));
  const firsts = new Map<string, number>();
  for (let i = 0; i < requests; i++) {
    for (const kind of kinds) {
      const of = asked[i % asked.length];
      if (of === undefined) continue;
      const ms = await timed(port, randomRequest(random, of, kind));
      if (i < asked.length) firsts.set(kind, Math.max(firsts.get(kind) ?? 0, ms));
      times.get(kind)?.push(ms);
    }
  }
  print(`\n${title} (load ${loadavg()[0]?.toFixed(1)})`);
  print("request      p50    p95    max   first");
  for (const [kind, all] of times) {
    const sorted = all.toSorted((a, b) => a - b);
    const columns = [at(sorted, 0.5), at(sorted, 0.95), at(sorted, 1), firsts.get(kind) ?? 0].map((ms) => ms.toFixed(1).padStart(7));
    print(`${kind.padEnd(10)}${columns.join("")}`);
  }
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(Math.ceil(share * sorted.length) - 1, sorted.length - 1)] ?? Number.NaN;
}

/** @returns milliseconds until the last byte of the answer @throws Error for an answer that is no success */
async function timed(port: number, path: string): Promise<number> {
  const start = performance.now();
  await new Promise<void>((resolve, reject) => {
    get({ host: "127.0.0.1", port, path, agent }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${path}: ${response.statusCode} ${Buffer.concat(parts).toString("utf8")}`));
      });
    }).on("error", reject);
  });
  return performance.now() - start;
}

/** Starts a part of the bench in a process of its own and waits for its first word. */
function start<Word>(part: "server" | "writer", ...words: string[]): Promise<Word> {
  const child = fork("scripts/bench-database-part.mjs", [part, ...words], {
    env: { ...process.env, DATABASE_URL: postgres.url, STANSCOPE_HOME: join(folder, "home"), NODE_ENV: "production" },
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once("message", (word) => resolve(word as Word));
    child.once("exit", (status) => reject(new Error(`the bench's ${part} ended with ${status}`)));
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

import { setMaxListeners } from "node:events";
import { Agent } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunDetail, RunSummary } from "@/lib/contract/run";
import { Random } from "@/lib/numbers/random";
import type { Ground } from "@/scripts/knock/ground";
import { runEnded, textRows } from "@/scripts/knock/kills/works/training";
import { Patience } from "@/scripts/knock/patience";
import { memoryOf } from "@/scripts/knock/processes";
import { generator, listener, Observations, type Reader, visit, visitor } from "./readers";
import { makeRoutes } from "./routes";

export type LoadOptions = {
  readonly seconds: number;
  readonly seed: number;
  readonly clients: number;
  readonly streams: number;
  readonly slowReaders: number;
  readonly listeners: number;
  /** How often every address is read before the load. */
  readonly idleRounds: number;
};

export type LoadReport = {
  /** Pages read one after another before the load, and in it; milliseconds. */
  readonly idle: readonly number[];
  readonly loaded: ReadonlyMap<string, readonly number[]>;
  readonly loadedByPath: ReadonlyMap<string, readonly number[]>;
  readonly counts: ReadonlyMap<string, number>;
  /** Resident bytes, sampled evenly. */
  readonly memory: { readonly web: readonly number[]; readonly worker: readonly number[] };
  readonly trainedSteps: number;
  readonly failures: readonly string[];
};

/** A person's pause between two pages; the mean is half of it. Ours: without pauses, 64 clients measure a queue and not a server. */
const pauseMs = 4000;
const slowPauseMs = 400;
const samples = 120;
const endPatienceMs = 70_000;

/** Reads every address by many clients at once, with generations, listeners and slow readers, beside a training. */
export async function load({ application, place }: Ground, options: LoadOptions): Promise<LoadReport> {
  const url = () => application.url;
  const routes = await makeRoutes(place);
  const quiet = new Observations();
  const connection = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let round = 0; round < options.idleRounds; round++)
    for (const path of [...routes.pages, ...routes.api]) await visit(`${url()}${path}`, kindOf(path), quiet, connection);
  connection.destroy();
  const seen = new Observations();
  const random = new Random(options.seed);
  const readers: Reader[] = [
    ...times(options.clients, () => visitor(url, routes, seen, () => random.next(), pauseMs)),
    ...times(options.streams, () => generator(place, url, seen)),
    ...times(options.slowReaders, () => generator(place, url, seen, slowPauseMs)),
    ...times(options.listeners, (at) => listener(at % 2 === 0 ? "/api/events?scope=full" : `/api/runs/${place.run}/events`, url, seen)),
  ];
  const training = await startTraining(place);
  const end = new AbortController();
  setMaxListeners(0, end.signal);
  const reading = readers.map((reader) => reader.read(end.signal));
  const memory = await sampleMemory(application, options.seconds);
  const { metrics, run } = await place.client.get<RunDetail>(`/api/runs/${training}`);
  end.abort();
  const late = await stillReading(readers, reading);
  const ended = ["running", "queued"].includes(run.status) ? [] : [`the concurrent training is ${run.status}: ${run.error}`];
  await endTraining(place, training);
  return {
    idle: quiet.times.get("pages") ?? [],
    loaded: seen.times,
    loadedByPath: seen.timesByPath,
    counts: seen.counts,
    memory,
    trainedSteps: metrics.at(-1)?.step ?? 0,
    failures: [...quiet.failures.map((text) => `idle: ${text}`), ...seen.failures, ...ended, ...late],
  };
}

/** Readers that do not end although they were told to, as sentences. */
async function stillReading(readers: readonly Reader[], reading: readonly Promise<void>[]): Promise<string[]> {
  const open = new Set(readers);
  const all = reading.map((one, at) => one.then(() => open.delete(readers[at] as Reader)));
  await Promise.race([Promise.all(all), sleep(endPatienceMs, undefined, { ref: false })]);
  return [...open].map(({ name }) => `a ${name} still waits ${endPatienceMs / 1000} s after the end`);
}

async function startTraining(place: Ground["place"]): Promise<string> {
  const adapter = { method: "lora", rank: 4, alpha: 8, targets: { modules: ["q_proj", "v_proj"] } };
  const training = { steps: 1_000_000, batchRows: 3, maxTokens: 32, learningRate: 1e-4, evaluateEvery: 0, checkpointEvery: 500 };
  const config = { model: place.model, data: textRows(place), adapter, training };
  return ((await place.client.send("POST", "/api/runs", { name: "load training", config })) as RunSummary).id;
}

/** Cancels it and waits until its worker has stopped it, so that it can be removed. */
async function endTraining(place: Ground["place"], id: string): Promise<void> {
  await place.client.patiently(() => place.client.send("POST", `/api/runs/${id}/cancel`));
  const patience = new Patience(endPatienceMs);
  while ((await runEnded(place, id)) === undefined && (await patience.lasts()));
}

async function sampleMemory(application: Ground["application"], seconds: number): Promise<LoadReport["memory"]> {
  const memory = { web: [] as number[], worker: [] as number[] };
  for (let sample = 0; sample < samples; sample++) {
    await sleep((seconds * 1000) / samples);
    for (const part of ["web", "worker"] as const) memory[part].push(application.pids(part).reduce((sum, pid) => sum + memoryOf(pid), 0));
  }
  return memory;
}

function kindOf(path: string): string {
  return /^\/(api\/|v1\/)/.test(path) ? "api" : "pages";
}

function times<Value>(count: number, make: (at: number) => Value): Value[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

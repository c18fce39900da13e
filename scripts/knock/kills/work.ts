import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { LatentRef } from "@/lib/contract/edit";
import type { JobSummary } from "@/lib/contract/run";
import type { Client } from "@/scripts/knock/client";

/** What every piece of work of the campaign works on; made before the first kill. */
export type Place = {
  readonly client: Client;
  /** The data folder. */
  readonly home: string;
  readonly model: string;
  /** A GGUF file of quantised weights. */
  readonly packedModel: string;
  readonly encoder: string;
  readonly dataSet: string;
  /** Rows for an encoder, as a file. */
  readonly tokenRows: string;
  /** A finished run with its collection and some of its latents, busy ones. */
  readonly run: string;
  readonly collection: string;
  readonly latents: readonly LatentRef[];
  /** The collection as a Neuronpedia export, the run's adapter as a tar. */
  readonly dictionary: Uint8Array;
  readonly adapter: Uint8Array;
};

/** One piece of work: a label and an Idempotency-Key of its own, and when it was requested. */
export type Asked = { readonly label: string; readonly key: string; readonly since: Date };

export function askedNow(label: string): Asked {
  return { label, key: randomUUID(), since: new Date() };
}

/** A kind of work that a person can ask for. */
export type Work = {
  readonly name: string;
  /** One request, the same each time. @returns the id that was acknowledged */
  start(place: Place, asked: Asked): Promise<string>;
  /** Ids of all that was started by that request: more than one where it was done twice. */
  find(place: Place, asked: Asked): Promise<string[]>;
  /** Undefined while it is under way; "finished", or how else it ended. */
  ended(place: Place, id: string): Promise<string | undefined>;
  /** A hash of all that it made; the same each time it is done. */
  result(place: Place, id: string, asked: Asked): Promise<string>;
  /** What must not be seen afterwards, as sentences: steps or rows that are there twice. */
  faults?(place: Place, id: string): Promise<string[]>;
  remove(place: Place, id: string, asked: Asked): Promise<void>;
};

export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 16);
}

/** Tensors of a folder: model cards and configurations name the run. */
export function hashOfTensors(folder: string): string {
  const names = readdirSync(folder).filter((name) => name.endsWith(".safetensors"));
  return hashOf(...names.sort().flatMap((name) => [name, readFileSync(join(folder, name))]));
}

export async function jobsSince(place: Place, kind: JobSummary["kind"], since: Date): Promise<string[]> {
  const { tasks } = await place.client.get<{ tasks: JobSummary[] }>("/api/tasks");
  return tasks.filter((task) => task.kind === kind && new Date(task.createdAt) >= since).map(({ id }) => id);
}

export async function jobEnded(place: Place, id: string): Promise<string | undefined> {
  const { tasks } = await place.client.get<{ tasks: JobSummary[] }>("/api/tasks");
  const task = tasks.find((one) => one.id === id);
  if (task === undefined) return "lost: the task that was acknowledged is not there";
  return endOf(task);
}

export function endOf({ status, error }: { readonly status: string; readonly error: string | null }): string | undefined {
  if (["queued", "running", "stopping"].includes(status)) return undefined;
  return error === null ? status : `${status}: ${error}`;
}

export function doubled<Value>(what: string, values: readonly Value[]): string[] {
  const twice = values.filter((value, at) => values.indexOf(value) !== at);
  return twice.length === 0 ? [] : [`${what} twice: ${[...new Set(twice)].slice(0, 5).join(", ")}`];
}

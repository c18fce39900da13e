import { Agent, get, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { Place } from "@/scripts/knock/kills/work";

/** One client of the load, until it is told to end. */
export type Reader = { readonly name: string; read(signal: AbortSignal): Promise<void> };

/** What a client saw: times of answers by kind, and every failure as a sentence. */
export class Observations {
  readonly times = new Map<string, number[]>();
  /** Of each address, without its query. */
  readonly timesByPath = new Map<string, number[]>();
  readonly failures: string[] = [];
  readonly counts = new Map<string, number>();

  time(kind: string, path: string, ms: number): void {
    for (const [times, key] of [
      [this.times, kind],
      [this.timesByPath, path.split("?")[0] ?? path],
    ] as const) {
      const known = times.get(key) ?? [];
      known.push(ms);
      times.set(key, known);
    }
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

/**
 * A person who clicks through addresses, over a connection of their own: people share no connections, and one that stays open decides which web
 * process answers. @param pauseMs longest wait between two answers and requests; the mean is half of it
 */
export function visitor(
  url: () => string,
  kinds: Readonly<Record<string, readonly string[]>>,
  seen: Observations,
  random: () => number,
  pauseMs: number,
): Reader {
  const connection = new Agent({ keepAlive: true, maxSockets: 1 });
  const all = Object.entries(kinds).flatMap(([kind, paths]) => paths.map((path) => ({ kind, path })));
  return {
    name: "visitor",
    async read(signal) {
      while (!signal.aborted) {
        await sleep(random() * pauseMs, undefined, { signal }).catch(() => {});
        const { kind, path } = all[Math.floor(random() * all.length)] ?? { kind: "", path: "/" };
        if (!signal.aborted) await visit(`${url()}${path}`, kind, seen, connection);
      }
      connection.destroy();
    },
  };
}

export async function visit(address: string, kind: string, seen: Observations, connection: Agent): Promise<void> {
  const begun = performance.now();
  try {
    const answer = await begin(address, connection);
    const text = await buffer(answer);
    const status = answer.statusCode ?? 0;
    if (status < 200 || status > 299) seen.failures.push(`${address} answered ${status}: ${text.toString("utf8", 0, 200)}`);
    seen.time(kind, new URL(address).pathname, performance.now() - begun);
    seen.count(kind);
  } catch (error) {
    seen.failures.push(`${address} had no answer: ${error}`);
  }
}

function begin(address: string, agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(address, { agent, signal: AbortSignal.timeout(60_000) }, resolve).on("error", reject);
  });
}

/** Generates one text after another. @param pauseMs between two pieces of an answer, as a reader on a slow line has them */
export function generator(place: Place, url: () => string, seen: Observations, pauseMs = 0): Reader {
  const name = pauseMs > 0 ? "slow reader" : "generation stream";
  const request = { prompt: "The function returns", sampling: { maxTokens: 64, temperature: 1 }, arms: ["base", "adapter"] };
  return {
    name,
    async read(signal) {
      while (!signal.aborted) {
        try {
          const headers = { "content-type": "application/json" };
          const asked = { method: "POST", headers, body: JSON.stringify(request), signal };
          const answer = await fetch(`${url()}/api/runs/${place.run}/generate`, asked);
          if (!answer.ok) {
            seen.failures.push(`a ${name} was refused with ${answer.status}: ${(await answer.text()).slice(0, 200)}`);
            continue;
          }
          let text = "";
          for await (const part of partsOf(answer, signal)) {
            text = `${text}${Buffer.from(part).toString()}`.slice(-2000);
            if (pauseMs > 0) await sleep(pauseMs);
          }
          if (!signal.aborted && !text.includes('"kind":"end"')) seen.failures.push(`a ${name} ended without its end: ${text.slice(-200)}`);
          seen.count(name);
        } catch (error) {
          if (!signal.aborted) seen.failures.push(`a ${name} broke: ${error}`);
        }
      }
    },
  };
}

/** Listens to what happens, as an open page does. */
export function listener(path: string, url: () => string, seen: Observations): Reader {
  return {
    name: "listener",
    async read(signal) {
      try {
        const answer = await fetch(`${url()}${path}`, { signal });
        if (!answer.ok) seen.failures.push(`${path} answered ${answer.status}`);
        for await (const _ of partsOf(answer, signal)) seen.count("pieces of events");
        if (!signal.aborted) seen.failures.push(`${path} ended by itself`);
      } catch (error) {
        if (!signal.aborted) seen.failures.push(`${path} broke: ${error}`);
      }
    },
  };
}

/** An answer's body, piece by piece, until the signal: Node's fetch forgets its signal once a request is collected as garbage. */
async function* partsOf({ body }: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  const stop = () => void reader?.cancel().catch(() => {});
  signal.addEventListener("abort", stop, { once: true });
  try {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) yield part.value;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

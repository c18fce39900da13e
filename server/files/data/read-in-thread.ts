import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { FailureCode } from "@/lib/contract/failure";
import { FileError } from "@/server/files/file-error";
import type { Asked, Part, ReadingName } from "./readings";

/** What the thread is told when it begins. */
export type ThreadWork = { readonly name: ReadingName; readonly asked: unknown };

/** The thread's answer to each message. */
export type Reply =
  | { readonly kind: "part"; readonly part: unknown }
  | { readonly kind: "end" }
  | { readonly kind: "fileError"; readonly code: FailureCode; readonly path: string; readonly problem: string }
  | { readonly kind: "bug"; readonly error: unknown };

/** What a reading may take; ours. Many HTTP clients wait 5 minutes for an answer. */
export const readingLimits = { minutes: 4, heapMb: 4096 } as const;

type Options = { readonly signal?: AbortSignal | undefined; readonly limitMs?: number; readonly heapMb?: number };

/**
 * Reads in a thread of its own, so that this one stays free for others whatever the data holds. The next part is read when it is asked for; the thread
 * ends with the iteration, and when the signal is aborted.
 *
 * @param options.limitMs how long a part may take
 * @param options.heapMb what the thread may hold, not counting buffers
 * @throws FileError as the reading does; `tooLarge` where it takes more time or memory than the limits, `unavailable` once the signal is aborted
 */
export async function* readInThread<Name extends ReadingName>(
  name: Name,
  asked: Asked<Name>,
  { signal, limitMs = readingLimits.minutes * 60_000, heapMb = readingLimits.heapMb }: Options = {},
): AsyncGenerator<Part<Name>, void> {
  if (signal?.aborted) throw ended(asked.path);
  const entry = join(/* turbopackIgnore: true */ process.cwd(), "scripts/read-data.mjs");
  const thread = new Worker(/* turbopackIgnore: true */ entry, {
    workerData: { name, asked } satisfies ThreadWork,
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const stop = new AbortController();
  const end = () => stop.abort(ended(asked.path));
  signal?.addEventListener("abort", end);
  stop.signal.addEventListener("abort", () => void thread.terminate());
  thread.on("error", (error) => stop.abort(isOutOfMemory(error) ? tooMuch(asked.path, `${heapMb} MB of memory`) : error));
  thread.on("exit", (code) => stop.abort(new Error(`the thread that read ${asked.path} ended with status ${code}`)));
  try {
    for (;;) {
      const timer = setTimeout(() => stop.abort(tooMuch(asked.path, `${readingLimits.minutes} minutes`)), limitMs);
      const reply = await ask(thread, stop.signal).finally(() => clearTimeout(timer));
      if (reply.kind === "end") return;
      if (reply.kind === "fileError") throw new FileError(reply.code, reply.path, reply.problem);
      if (reply.kind === "bug") throw reply.error;
      // The thread runs the reading of this name, so its parts are of this type.
      yield reply.part as Part<Name>;
    }
  } finally {
    signal?.removeEventListener("abort", end);
    await thread.terminate();
  }
}

/** What a reading of one part gives. @throws FileError as `readInThread` */
export async function readOnceInThread<Name extends ReadingName>(
  name: Name,
  asked: Asked<Name>,
  options: Options = {},
): Promise<Part<Name>> {
  for await (const part of readInThread(name, asked, options)) return part;
  throw new Error(`the reading ${name} gave nothing`);
}

async function ask(thread: Worker, signal: AbortSignal): Promise<Reply> {
  try {
    signal.throwIfAborted();
    thread.postMessage("next");
    const [reply] = await once(thread, "message", { signal });
    return reply as Reply;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

function isOutOfMemory(error: Error): boolean {
  return "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function tooMuch(path: string, what: string): FileError {
  return new FileError(
    "tooLarge",
    path,
    `reading it takes more than ${what}, the most that a request may take: use a smaller part of the data`,
  );
}

function ended(path: string): FileError {
  return new FileError("unavailable", path, "its reading was ended, since nobody waits for it any more");
}

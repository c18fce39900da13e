import { once } from "node:events";
import type { FailureCode } from "@/lib/contract/failure";
import { FileError } from "@/server/files/file-error";
import { keepThread, type ReadingThread, takeThread } from "./reading-threads";
import type { Asked, Part, ReadingName } from "./readings";

/** What the thread is told: which reading to begin, or to give the next part of it. */
export type Request = { readonly kind: "begin"; readonly name: ReadingName; readonly asked: unknown } | { readonly kind: "next" };

/** The thread's answer to each request for a part. */
export type Reply =
  | { readonly kind: "part"; readonly part: unknown }
  | { readonly kind: "end" }
  | { readonly kind: "fileError"; readonly code: FailureCode; readonly path: string; readonly problem: string }
  | { readonly kind: "bug"; readonly error: unknown };

/** What a reading may take; ours. Many HTTP clients wait 5 minutes for an answer. */
export const readingLimits = { minutes: 4, heapMb: 4096 } as const;

type Options = { readonly signal?: AbortSignal | undefined; readonly limitMs?: number; readonly heapMb?: number };

/**
 * Reads in a separate thread, so that this one stays free for others whatever the data holds. The next part is read when it is requested. A thread whose
 * reading has ended serves the next one; it is ended itself where a reading fails, is left early, or is aborted by the signal.
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
  const thread = takeThread(heapMb);
  const stop = new AbortController();
  const end = () => stop.abort(ended(asked.path));
  const onError = (error: Error) => stop.abort(isOutOfMemory(error) ? tooMuch(asked.path, `${heapMb} MB of memory`) : error);
  const onExit = (code: number) => stop.abort(new Error(`the thread that read ${asked.path} ended with status ${code}`));
  signal?.addEventListener("abort", end);
  stop.signal.addEventListener("abort", () => void thread.worker.terminate());
  thread.worker.on("error", onError).on("exit", onExit);
  let isOver = false;
  try {
    tell(thread, { kind: "begin", name, asked });
    for (;;) {
      const timer = setTimeout(() => stop.abort(tooMuch(asked.path, `${readingLimits.minutes} minutes`)), limitMs);
      const reply = await ask(thread, stop.signal).finally(() => clearTimeout(timer));
      if (reply.kind === "end") {
        isOver = true;
        return;
      }
      if (reply.kind === "fileError") throw new FileError(reply.code, reply.path, reply.problem);
      if (reply.kind === "bug") throw reply.error;
      // The thread runs the reading of this name, so its parts are of this type.
      yield reply.part as Part<Name>;
    }
  } finally {
    signal?.removeEventListener("abort", end);
    thread.worker.off("error", onError).off("exit", onExit);
    if (isOver) keepThread(thread);
    else await thread.worker.terminate();
  }
}

/** What a reading of one part gives. @throws FileError as `readInThread` */
export async function readOnceInThread<Name extends ReadingName>(
  name: Name,
  asked: Asked<Name>,
  options: Options = {},
): Promise<Part<Name>> {
  const parts: Part<Name>[] = [];
  for await (const part of readInThread(name, asked, options)) parts.push(part);
  const [part] = parts;
  if (part === undefined) throw new Error(`the reading ${name} gave nothing`);
  return part;
}

async function ask(thread: ReadingThread, signal: AbortSignal): Promise<Reply> {
  try {
    signal.throwIfAborted();
    tell(thread, { kind: "next" });
    const [reply] = await once(thread.worker, "message", { signal });
    return reply as Reply;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

function tell({ worker }: ReadingThread, request: Request): void {
  worker.postMessage(request);
}

function isOutOfMemory(error: Error): boolean {
  return "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}

function tooMuch(path: string, what: string): FileError {
  return new FileError("tooLarge", path, `reading it takes more than ${what}, the limit for a request: use a smaller part of the data`);
}

function ended(path: string): FileError {
  return new FileError("unavailable", path, "reading was cancelled because the request ended");
}

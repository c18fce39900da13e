import { parentPort } from "node:worker_threads";
import { FileError } from "@/server/files/file-error";
import type { Reply, Request } from "./read-in-thread";
import { readings } from "./readings";

/*
 * Runs in a thread of its own: does one reading after another, and gives a part of it for each request.
 */
let parts: AsyncGenerator<unknown> | undefined;

async function next(): Promise<Reply> {
  try {
    if (parts === undefined) throw new Error("no reading has begun");
    const { value, done } = await parts.next();
    return done === true ? { kind: "end" } : { kind: "part", part: value };
  } catch (error) {
    if (!(error instanceof FileError)) return { kind: "bug", error };
    const { code, path, problem } = error;
    return { kind: "fileError", code, path, problem };
  }
}

parentPort?.on("message", (request: Request) => {
  // The name determines the type of the request.
  if (request.kind === "begin") parts = (readings[request.name] as (asked: unknown) => AsyncGenerator<unknown>)(request.asked);
  else void next().then((reply) => parentPort?.postMessage(reply));
});

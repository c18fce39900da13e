import { parentPort, workerData } from "node:worker_threads";
import { FileError } from "@/server/files/file-error";
import type { Reply, ThreadWork } from "./read-in-thread";
import { readings } from "./readings";

/*
 * Runs in a thread of its own: gives one part of the reading for each message.
 */
const { name, asked } = workerData as ThreadWork;
// The name chose the type of what is asked.
const parts = (readings[name] as (asked: unknown) => AsyncGenerator<unknown>)(asked);

async function next(): Promise<Reply> {
  try {
    const { value, done } = await parts.next();
    return done === true ? { kind: "end" } : { kind: "part", part: value };
  } catch (error) {
    if (!(error instanceof FileError)) return { kind: "bug", error };
    const { code, path, problem } = error;
    return { kind: "fileError", code, path, problem };
  }
}

parentPort?.on("message", () => void next().then((reply) => parentPort?.postMessage(reply)));

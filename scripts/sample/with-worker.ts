import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServiceContext } from "@/server/services/context";

const pollMs = 500;

/** Has work done by a worker of its own. */
export async function withWorker<Result>({ store, dataFolder }: ServiceContext, work: () => Promise<Result>): Promise<Result> {
  const worker = spawn(process.execPath, ["scripts/worker.mjs"], {
    // Through the channel it ends with us.
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: { ...process.env, DATABASE_URL: store.url, STANSCOPE_HOME: dataFolder },
  });
  const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const done = async () => {
    await new Promise((resolve) => worker.once("message", resolve));
    return work();
  };
  try {
    return await Promise.race([done(), ended.then(() => Promise.reject(new Error("the worker ended before its work was done")))]);
  } finally {
    worker.kill("SIGTERM");
    await ended;
  }
}

/** Asks again and again until the answer is there. */
export async function eventually<Answer>(ask: () => Promise<Answer | undefined>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(pollMs);
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { onTestFinished } from "vitest";

export type WorkerProcess = {
  readonly child: ChildProcess;
  /** Ends it as the system would when memory runs out. */
  kill(): Promise<void>;
  /** Asks it to end, and waits until it has. @returns its exit status */
  stop(): Promise<number | null>;
};

/** Starts a worker as `npm start` does and waits until it takes work; it is killed when the test ends. */
export async function startWorker(
  databaseUrl: string,
  dataFolder: string,
  environment: Record<string, string> = {},
): Promise<WorkerProcess> {
  const child = spawn(process.execPath, ["scripts/worker.mjs"], {
    stdio: ["ignore", "inherit", "pipe", "ipc"],
    env: { ...process.env, DATABASE_URL: databaseUrl, STANSCOPE_HOME: dataFolder, ...environment },
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    process.stderr.write(text);
    said = `${said}${text}`.slice(-2000);
  });
  const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  await new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve());
    child.once("exit", (status) => reject(new Error(`the worker ended with status ${status} before it was ready: ${said}`)));
  });
  const end = async (signal: "SIGKILL" | "SIGTERM") => {
    child.kill(signal);
    return ended;
  };
  return {
    child,
    async kill() {
      await end("SIGKILL");
    },
    stop: () => end("SIGTERM"),
  };
}

/** Asks again and again until the answer is there. @throws Error with `what` when it does not come in time */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>, patienceMs = 120_000): Promise<T> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`waited ${patienceMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

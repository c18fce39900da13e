import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("../train-demonstration.mjs", import.meta.url));

/**
 * Begins to train the demonstration that the browser tests share, in a process of its own. Its worker gives way to everything else on this machine, as
 * under `npm start`, so it takes what other tests leave of the processors.
 *
 * @param {Record<string, string>} environment
 * @returns {{ door: Promise<string>, trained: Promise<void>, end: () => Promise<void> }} where test files ask for it; whether it could be trained
 */
export function beginDemonstration(environment) {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = new Promise((resolve) => {
    child.once("error", resolve);
    child.once("exit", resolve);
  });
  const answered = (kind) =>
    new Promise((resolve, reject) => {
      child.on("message", (message) => {
        if (message.kind === kind) resolve(message);
        if (message.kind === "failed") reject(new Error(message.message));
      });
      void ended.then(() => reject(new Error("the process that trains the demonstration ended before it was done")));
    });
  const door = answered("door").then((message) => message.door);
  const trained = answered("trained").then(() => {});
  // Whoever does not wait for them hears of it from the tests that need them.
  for (const promise of [door, trained]) promise.catch(() => {});
  const end = async () => {
    child.kill("SIGTERM");
    await ended;
  };
  return { door, trained, end };
}

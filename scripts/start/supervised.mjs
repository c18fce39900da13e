import { spawn } from "node:child_process";
import { closeSync, fstatSync, mkdirSync, openSync } from "node:fs";
import path from "node:path";
import { lastLines } from "./last-lines.mjs";
import { longestSilenceMs, watchAnswers } from "./watch-answers.mjs";

const firstPauseMs = 500;
const longestPauseMs = 30_000;
/** A child that has lived so long is healthy again: its next crash counts as the first. */
const healthyAfterMs = 60_000;
const silent = `was killed because it did not respond for ${longestSilenceMs / 1000} s`;

/**
 * A child process that is started again whenever it ends, until `stop`. It has a session of its own, so that a terminal's Ctrl-C comes to us alone,
 * and a channel to us, by whose end it notices that we are gone.
 *
 * @typedef {object} Supervised
 * @property {Promise<any>} ready the child's first message of kind "ready"; rejected when it ends before that, with the message of a child that sent
 *   one of kind "failed"
 * @property {() => Promise<void>} stop asks the child to end, and makes it end after `patienceMs`
 *
 * @param {{ name: string, script: string, nodeFlags?: string[], arguments?: string[], environment: Record<string, string | undefined>, log: string, patienceMs: number,
 *   onCrash: (text: string) => void, mustAnswer?: boolean, onLaunch?: (pid: number) => void, onReady?: (message: any) => void,
 *   onDead?: (message: any, death: { how: string, log: string[] }) => void }} options a child that must answer is killed when it no longer does; `onDead` gets the "ready" message
 *   of a child that has crashed, how it ended and its last words
 * @returns {Supervised}
 */
export function supervise(options) {
  mkdirSync(path.dirname(options.log), { recursive: true });
  let child;
  let isStopping = false;
  let pauseMs = firstPauseMs;
  let timer;
  let exited = Promise.resolve();
  let settle;
  const ready = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Whoever does not wait for it hears of a crash by `onCrash`.
  ready.catch(() => {});

  function launch() {
    const output = openSync(options.log, "a", 0o600);
    const logFrom = fstatSync(output).size;
    const started = performance.now();
    child = spawn(process.execPath, [...(options.nodeFlags ?? []), options.script, ...(options.arguments ?? [])], {
      env: { ...process.env, ...options.environment },
      detached: true,
      stdio: ["ignore", output, output, "ipc"],
    });
    closeSync(output);
    if (child.pid !== undefined) options.onLaunch?.(child.pid);
    let said;
    let answers;
    const launched = child;
    child.on("message", (message) => {
      if (message?.kind === "failed") settle.reject(new Error(message.message));
      if (message?.kind !== "ready") return;
      said = message;
      if (options.mustAnswer) answers = watchAnswers(launched);
      settle.resolve(message);
      options.onReady?.(message);
    });
    exited = new Promise((resolve) => {
      child.once("error", resolve);
      child.once("exit", (code, signal) => {
        resolve();
        if (isStopping) return;
        const how = answers?.isKilled ? silent : signal ? `was ended by ${signal}` : `ended with status ${code}`;
        if (said !== undefined) options.onDead?.(said, { how, log: lastLines(options.log, logFrom) });
        restart(how, performance.now() - started);
      });
    });
  }

  function restart(how, livedMs) {
    if (livedMs > healthyAfterMs) pauseMs = firstPauseMs;
    settle.reject(new Error(`the ${options.name} ${how} before it was ready; its log is ${options.log}`));
    options.onCrash(`The ${options.name} ${how} and restarts in ${(pauseMs / 1000).toFixed(1)} s. Its log: ${options.log}`);
    timer = setTimeout(launch, pauseMs);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }

  async function stop() {
    isStopping = true;
    clearTimeout(timer);
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), options.patienceMs);
    await exited;
    clearTimeout(killer);
  }

  launch();
  return { ready, stop };
}

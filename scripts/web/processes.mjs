import cluster from "node:cluster";
import path from "node:path";
import { noteChild } from "../start/children.mjs";
import { answerParent, watchAnswers } from "../start/watch-answers.mjs";
import { askedPort } from "./listen.mjs";

/** Ours: while one draws a large page, the other answers. Each takes about 250 MB. */
const usualCount = 2;
const mostCount = 64;
/** Before one that ended is replaced: one that was ready, and one that never was. */
const pauseMs = 500;
const longPauseMs = 10_000;
const stopPatienceMs = 1000;

/**
 * How many processes answer requests, from STANSCOPE_WEB_PROCESSES.
 *
 * @param {Record<string, string | undefined>} environment
 * @throws Error when it is not a whole number from 1 to 64
 */
export function processCount({ STANSCOPE_WEB_PROCESSES: asked }) {
  if (!asked) return usualCount;
  const count = Number(asked);
  if (Number.isInteger(count) && count >= 1 && count <= mostCount) return count;
  throw new Error(`STANSCOPE_WEB_PROCESSES=${asked} is not a number of processes: use a whole number from 1 to ${mostCount}.`);
}

/**
 * Runs this script in several processes that listen on one port: a connection is taken by one that has time, and waits for another when a process dies.
 * The first chooses the port, and its messages "ready" and "failed" are passed on; the others follow it. One that ends or hangs is replaced.
 *
 * @param {number} count
 */
export function serveInProcesses(count) {
  // With the other policy, Node hands connections over itself, and one that it gave to a process that just died hangs for ever.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  // They share what one may keep in memory (server/services/context.ts).
  process.env.STANSCOPE_WEB_PROCESSES = String(count);
  const dataFolder = path.resolve(process.env.STANSCOPE_HOME || ".stanscope");
  const running = new Set();
  let isStopping = false;
  /** Of those that follow the first. */
  let environment;

  function launch(place) {
    const server = cluster.fork(environment).process;
    running.add(server);
    if (server.pid !== undefined) noteChild(dataFolder, `web-${place}`, server.pid);
    let isReady = false;
    server.on("message", (message) => {
      if (message?.kind === "failed") process.send?.(message);
      if (message?.kind !== "ready") return;
      isReady = true;
      watchAnswers(server);
      if (environment === undefined) follow(message);
    });
    server.on("exit", (code, signal) => {
      running.delete(server);
      if (isStopping) return;
      // None answers: whoever started us decides whether to try again.
      if (running.size === 0) return process.exit(code || 1);
      process.stderr.write(`web server: process ${server.pid} ${signal ? `was ended by ${signal}` : `ended with status ${code}`}\n`);
      setTimeout(() => !isStopping && launch(place), isReady ? pauseMs : longPauseMs);
    });
  }

  function follow(ready) {
    environment = { STANSCOPE_WEB_FOLLOWS: String(ready.port) };
    // Processes share a port when they ask for it in the same words, also for any free one.
    if (askedPort(process.env)?.port !== 0) environment.STANSCOPE_PORT = String(ready.port);
    process.send?.(ready);
    for (let place = 1; place < count; place++) launch(place);
  }

  function stop() {
    if (isStopping) return;
    isStopping = true;
    const exitWhenAlone = () => running.size === 0 && process.exit(0);
    for (const server of running) server.on("exit", exitWhenAlone).kill("SIGTERM");
    exitWhenAlone();
    setTimeout(() => {
      for (const server of running) server.kill("SIGKILL");
      process.exit(0);
    }, stopPatienceMs);
  }

  for (const end of ["SIGTERM", "SIGINT", "disconnect"]) process.on(end, stop);
  answerParent();
  launch(0);
}

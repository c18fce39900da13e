#!/usr/bin/env node
// `npm start`: brings everything up on this machine and, when asked to stop, takes it all down again.
//   --dev   serves the pages as they are edited
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { importTypescript } from "./run-typescript.mjs";
import { requireNode, setUp } from "./set-up.mjs";
import { announcement } from "./start/announcement.mjs";
import { buildOnce } from "./start/build.mjs";
import { endChildrenLeft, noteChild } from "./start/children.mjs";
import { endDescendants } from "./start/descendants.mjs";
import { lockFolder } from "./start/folder-lock.mjs";
import { onNpmGone } from "./start/npm-watch.mjs";
import { lowerPriority } from "./start/priority.mjs";
import { bold, say, stage } from "./start/stages.mjs";
import { supervise } from "./start/supervised.mjs";
import { webHeapFlags } from "./start/web-heap.mjs";
import { workerEnvironment } from "./start/worker-environment.mjs";
import { demandWritable, makeDataFolder, makePrivate } from "./start/writable.mjs";
import { demandedToken } from "./web/access.mjs";
import { demandPort } from "./web/listen.mjs";
import { processCount } from "./web/processes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const isDev = process.argv.includes("--dev");
const dataFolder = path.resolve(process.env.STANSCOPE_HOME || path.join(root, ".stanscope"));
const host = process.env.STANSCOPE_HOST || "127.0.0.1";
const logs = path.join(dataFolder, "logs");
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));

const databasePauseMs = 2000;
/** For the port of an earlier start whose web server has just ended; ours. */
const portPatienceMs = 3000;

/** What was started, in order; taken down from the last to the first. @type {(() => void | Promise<void>)[]} */
const takeDown = [];
let isStopping = false;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void (isStopping ? hurry() : stop(0)));
// A closed terminal or pipe takes no more lines; what was started is taken down all the same.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
onNpmGone(() => void stop(0));

try {
  await start();
} catch (error) {
  if (!isStopping) {
    say(`\n${error instanceof Error ? error.message : String(error)}\n`);
    await stop(1);
  }
}

async function start() {
  requireNode();
  say(`\n  ${bold("Stanscope")} ${version}\n`);
  makeDataFolder(dataFolder);
  const lock = await lockFolder(dataFolder);
  if ("heldBy" in lock) {
    const { pid, url } = lock.heldBy;
    throw new Error(
      `The data folder ${dataFolder} is in use by another Stanscope (process ${pid}${url ? `, ${url}` : ""}). Stop it, or set STANSCOPE_HOME to another folder.`,
    );
  }
  takeDown.push(() => lock.release());
  if (!makePrivate(dataFolder))
    say(
      `  Other users of this machine may be able to read the data folder ${dataFolder}: its permissions could not be restricted to this user.`,
    );
  const token = demandedToken({ host, dataFolder, chosen: process.env.STANSCOPE_TOKEN });
  const hadChildren = await endChildrenLeft(dataFolder);
  await demandPort({ host, environment: process.env, patienceMs: hadChildren ? portPatienceMs : 0 });
  // Checked here too: the web server would report a wrong number only in its log.
  processCount(process.env);
  const engine = await setUp(root);
  const databaseUrl = process.env.DATABASE_URL || (await startDatabase());
  const { forgetWorker } = await stage("tables", async () => ({ text: "up to date", value: await prepareTables(databaseUrl) }));
  if (!isDev) await buildPages();
  if (isStopping) return;
  await startProcesses({
    environment: { ...engine, DATABASE_URL: databaseUrl, STANSCOPE_HOME: dataFolder, STANSCOPE_VERSION: version },
    lock,
    token,
    // Otherwise its work would wait until its lease runs out.
    onWorkerDead: ({ workerId }, death) => void forgetWorker(databaseUrl, workerId, death).catch(() => {}),
  });
}

/** The server of our own, which is started again should it die; its address stays the same. */
async function startDatabase() {
  const { startPostgres } = await import("./postgres.mjs");
  let postgres = await stage("database", async () => ({ text: "PostgreSQL", value: await startPostgres(dataFolder) }));
  takeDown.push(() => postgres.stop());
  const { url } = postgres;
  void (async () => {
    while (!isStopping) {
      await postgres.exited;
      if (isStopping) return;
      say(`  The database stopped and is being restarted. Its log: ${path.join(logs, "postgres.log")}`);
      postgres = await startPostgres(dataFolder).catch(async (error) => {
        say(`  ${error.message}`);
        await sleep(databasePauseMs);
        return postgres;
      });
    }
  })();
  return url;
}

async function prepareTables(databaseUrl) {
  const { prepareTables } = await importTypescript("scripts/start/prepare-tables.ts");
  return prepareTables(databaseUrl, process.env.DATABASE_URL ? undefined : dataFolder);
}

async function buildPages() {
  await stage("pages", async (onProgress) => {
    const onBegin = () => demandWritable(root, "The pages must be built");
    await buildOnce(root, { log: path.join(logs, "build.log"), onProgress, onBegin });
    return { text: "built", value: undefined };
  });
}

async function startProcesses({ environment, lock, token, onWorkerDead }) {
  const script = (name) => path.join(root, "scripts", name);
  const onCrash = (text) => say(`  ${text}`);
  const worker = supervise({
    name: "worker",
    script: script("worker.mjs"),
    environment: { ...environment, ...workerEnvironment() },
    log: path.join(logs, "worker.log"),
    // It writes a checkpoint of what it trains.
    patienceMs: 60_000,
    onCrash,
    onLaunch: (pid) => {
      noteChild(dataFolder, "worker", pid);
      lowerPriority(pid);
    },
    onDead: onWorkerDead,
  });
  // One that is started again keeps its address.
  let port = process.env.STANSCOPE_PORT;
  const web = supervise({
    name: "web server",
    script: script("web.mjs"),
    nodeFlags: isDev ? [] : webHeapFlags,
    arguments: isDev ? ["--dev"] : [],
    get environment() {
      return { ...environment, STANSCOPE_PORT: port };
    },
    log: path.join(logs, "web.log"),
    patienceMs: 5000,
    onCrash,
    mustAnswer: true,
    onLaunch: (pid) => noteChild(dataFolder, "web", pid),
    onReady: (message) => {
      port = String(message.port);
    },
  });
  takeDown.push(() => Promise.all([web.stop(), worker.stop()]));
  const served = await stage("web server", async () => {
    const { port, taken } = await web.ready;
    if (taken === undefined) return { text: `port ${port}`, value: port };
    return { text: `port ${port}, because ${taken} is in use (STANSCOPE_PORT or PORT chooses one)`, value: port, mark: "warning" };
  });
  const { url, link, access } = announcement({ host, port: served, token, folders: process.env.STANSCOPE_FOLDERS });
  lock.describe({ url });
  await stage("worker", async () => {
    return worker.ready.then(
      () => ({ text: "ready", value: undefined }),
      (error) => ({ text: error.message, value: undefined, mark: "warning" }),
    );
  });
  say(`\n  Open ${bold(link)}   ·   data in ${dataFolder}   ·   Ctrl-C stops it`);
  for (const line of access) say(`  ${line}`);
  say("");
}

async function stop(code) {
  if (isStopping) return;
  isStopping = true;
  if (takeDown.length > 1) say("\n  Stopping after a checkpoint (press Ctrl-C again to stop now) …");
  for (const step of takeDown.reverse()) {
    try {
      await step();
    } catch (error) {
      say(`  ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  // What was under way: an installation, a build.
  await endDescendants();
  if (takeDown.length > 1) say("  Stopped.\n");
  process.exit(code);
}

/** A second signal: stop without waiting. A training then resumes from its last checkpoint. */
async function hurry() {
  await endDescendants();
  process.exit(1);
}

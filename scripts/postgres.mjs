import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { postgresBinaries, postgresMajor } from "./postgres/binaries.mjs";
import { makePrivateFolder, serverIdentity, serverOwner } from "./postgres/identity.mjs";
import { clearLeftover, serverPid } from "./postgres/leftover.mjs";

/** A socket's path holds 107 bytes, and PostgreSQL adds its file's name. */
const longestSocketFolder = 85;
const startPatienceMs = 60_000;
const stopPatienceMs = 20_000;

const settings = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  max_connections: "60",
  shared_buffers: "128MB",
  work_mem: "32MB",
  maintenance_work_mem: "256MB",
  max_wal_size: "2GB",
  jit: "off",
  // Data lies on a solid-state disk or in memory.
  random_page_cost: "1.1",
  effective_cache_size: "1GB",
  max_parallel_workers_per_gather: "0",
  max_parallel_maintenance_workers: "0",
  log_checkpoints: "off",
  // Details and contexts of an error hold the values at fault: people's texts, the key of an explainer.
  log_error_verbosity: "terse",
};

/**
 * Runs a program as a child of a shell that reads a pipe from us: when the pipe closes, because we close it or die, the program is told to shut
 * down, so that it never outlives this process.
 */
const keeper =
  'exec 3<&0; "$@" 3<&- </dev/null & server=$!; { read _ <&3; kill -INT $server; } & watch=$!; wait $server; code=$?; kill $watch 2>/dev/null; exit $code';

/**
 * A running PostgreSQL server.
 *
 * @typedef {object} Postgres
 * @property {string} url for `pg` and all that takes a connection string; the database `stanscope`
 * @property {Promise<number | null>} exited the server's exit code, however it ended
 * @property {() => Promise<void>} stop shuts down cleanly; connections are closed, what was committed is on disk
 */

/**
 * Starts a PostgreSQL server on `<dataFolder>/postgres`, which is made first where there is none. It listens on a Unix socket alone, in a folder
 * that only its own user may enter.
 *
 * @param {string} dataFolder
 * @returns {Promise<Postgres>}
 */
export async function startPostgres(dataFolder) {
  const native = postgresBinaries();
  const cluster = path.join(path.resolve(dataFolder), "postgres");
  const logs = path.join(path.resolve(dataFolder), "logs");
  mkdirSync(logs, { recursive: true });
  const identity = serverIdentity([native, path.dirname(cluster)]);
  if (!existsSync(path.join(cluster, "PG_VERSION"))) await createCluster(native, cluster, identity);
  else demandVersion(cluster);
  await clearLeftover(cluster);
  const sockets = socketFolder(cluster);
  const log = path.join(logs, "postgres.log");
  for (const end = Date.now() + startPatienceMs; ; ) {
    const server = launch(native, cluster, sockets, log, identity);
    const url = `postgresql://stanscope@localhost/postgres?host=${encodeURIComponent(sockets)}`;
    if (await isReady(server, url)) {
      await createDatabase(url);
      return { ...server, url: url.replace("/postgres?", "/stanscope?") };
    }
    // After a crash the old server's children may hold its shared memory for a moment.
    if (!lastLines(log).includes("pre-existing shared memory block") || Date.now() > end) {
      const room = lastLines(log).includes("No space left on device")
        ? `The disk of ${cluster} is full: free some space and start again. `
        : "";
      throw new Error(
        `${room}PostgreSQL did not start on ${cluster}. If its files are damaged, restore a copy of that folder, or move it away: an empty database is created, and models, data and adapters are kept. The end of its log (${log}):\n${lastLines(log)}`,
      );
    }
    await sleep(200);
  }
}

/** A server reads the clusters of its own major version alone. */
function demandVersion(cluster) {
  const version = readFileSync(path.join(cluster, "PG_VERSION"), "utf8").trim();
  const major = String(postgresMajor());
  if (version === major) return;
  throw new Error(
    `The database in ${cluster} was created by PostgreSQL ${version || "of an unknown version"}, but this Stanscope includes PostgreSQL ${major}. Use the Stanscope that created it, or set STANSCOPE_HOME to another folder.`,
  );
}

/** Makes the cluster under another name first: a half-made one is never taken for whole. */
async function createCluster(native, cluster, identity) {
  if (existsSync(cluster) && readdirSync(cluster).length > 0) {
    throw new Error(`${cluster} contains files but no complete database (it has no PG_VERSION). Move it away, and a new one is created.`);
  }
  const unfinished = `${cluster}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  const owner = serverOwner();
  if (owner !== undefined) chownSync(unfinished, owner, owner);
  const options = ["-D", unfinished, "-U", "stanscope", "-A", "trust", "--locale=C", "-E", "UTF8", "--no-instructions"];
  const [command, ...rest] = [...identity.prefix, ...keptBy(path.join(native, "bin/initdb"), options)];
  const child = spawn(command, rest, { ...userOf(identity), cwd: "/", env: environment(), stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.on("error", () => {});
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  const code = await exitOf(child);
  if (code !== 0 && output.includes("No space left on device"))
    throw new Error(`The disk of ${path.dirname(cluster)} is full: a new database takes about 100 MB. Free some space and start again.`);
  if (code !== 0) throw new Error(`PostgreSQL's initdb failed in ${unfinished}:\n${output.trim()}`);
  renameSync(unfinished, cluster);
}

function launch(native, cluster, sockets, log, identity) {
  const options = Object.entries({ ...settings, unix_socket_directories: sockets }).flatMap(([key, value]) => ["-c", `${key}=${value}`]);
  const [command, ...rest] = [...identity.prefix, ...keptBy(path.join(native, "bin/postgres"), ["-D", cluster, ...options])];
  const output = openSync(log, "a", 0o600);
  // Its own session: a terminal's Ctrl-C goes to us, who stop the server last.
  const child = spawn(command, rest, {
    ...userOf(identity),
    cwd: "/",
    env: environment(),
    detached: true,
    stdio: ["pipe", output, output],
  });
  closeSync(output);
  const exited = exitOf(child);
  const stop = async () => {
    child.stdin.destroy();
    const timer = setTimeout(() => {
      const pid = serverPid(cluster);
      if (pid !== undefined) process.kill(pid, "SIGQUIT");
    }, stopPatienceMs);
    await exited;
    clearTimeout(timer);
  };
  child.stdin.on("error", () => {});
  return { exited, stop };
}

function keptBy(program, options) {
  return ["/bin/sh", "-c", keeper, "sh", program, ...options];
}

async function isReady(server, url) {
  const { Client } = await import("pg").then((module) => module.default);
  let hasExited = false;
  void server.exited.then(() => {
    hasExited = true;
  });
  for (const end = Date.now() + startPatienceMs; !hasExited && Date.now() < end; await sleep(15)) {
    const client = new Client({ connectionString: url });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      // Not yet: recovering, or its socket is not there.
    }
  }
  if (!hasExited) await server.stop();
  return false;
}

async function createDatabase(url) {
  const { Client } = await import("pg").then((module) => module.default);
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  const found = await client.query("SELECT 1 FROM pg_database WHERE datname = 'stanscope'");
  if (found.rowCount === 0) await client.query("CREATE DATABASE stanscope");
  await client.end();
}

/** The cluster itself where its path is short enough, else a folder of a fixed short name for it. */
function socketFolder(cluster) {
  if (Buffer.byteLength(cluster) <= longestSocketFolder) return cluster;
  const folder = path.join(tmpdir(), `stanscope-${createHash("sha256").update(cluster).digest("hex").slice(0, 12)}`);
  makePrivateFolder(folder);
  const owner = serverOwner();
  if (owner !== undefined) chownSync(folder, owner, owner);
  return folder;
}

function userOf({ uid, gid }) {
  return uid === undefined ? {} : { uid, gid };
}

function environment() {
  return { PATH: process.env.PATH ?? "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}

/** @returns {Promise<number | null>} */
function exitOf(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code));
  });
}

function lastLines(log) {
  return existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n").slice(-12).join("\n") : "";
}

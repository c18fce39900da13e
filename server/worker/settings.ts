import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { resolve } from "node:path";

export type WorkerSettings = {
  readonly databaseUrl: string;
  /** Where models, data and runs lie. */
  readonly dataFolder: string;
  readonly workerId: string;
  readonly secret: string;
  /** Where the worker's port listens, and where callers reach it. */
  readonly host: string;
  readonly machine: string;
};

/** @throws Error saying which variable is missing */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): WorkerSettings {
  const databaseUrl = environment["DATABASE_URL"];
  if (!databaseUrl) {
    throw new Error("DATABASE_URL is not set: `npm start` starts a worker of its own; give the URL of its database to add another");
  }
  return {
    databaseUrl,
    dataFolder: resolve(environment["STANSCOPE_HOME"] || ".stanscope"),
    workerId: randomBytes(9).toString("hex"),
    secret: randomBytes(32).toString("hex"),
    host: environment["STANSCOPE_WORKER_HOST"] || "127.0.0.1",
    machine: hostname(),
  };
}

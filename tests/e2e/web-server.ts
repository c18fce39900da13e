import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type WebServer = { readonly url: string; readonly stop: () => Promise<void> };

/** The web server alone, in one process and without a worker, over a database; its data folder is empty and its own. Whole applications have several processes. */
export async function startWebServer(databaseUrl: string): Promise<WebServer> {
  const home = mkdtempSync(join(tmpdir(), "stanscope-web-"));
  const child = spawn(process.execPath, ["scripts/web.mjs"], {
    env: { ...process.env, DATABASE_URL: databaseUrl, STANSCOPE_HOME: home, STANSCOPE_PORT: "0", STANSCOPE_WEB_PROCESSES: "1" },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (message: { kind: string; port: number }) => resolve(message.port));
    void ended.then(() => reject(new Error("the web server ended before it was ready")));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

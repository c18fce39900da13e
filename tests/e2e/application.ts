import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
export type Application = { url: string; stop: () => Promise<void> };

/** Runs `npm start`'s own script on an empty data folder and waits for its address. @throws Error with its last words when it ends first */
export async function startApplication(): Promise<Application> {
  const home = mkdtempSync(path.join(tmpdir(), "stanscope-e2e-"));
  const child = spawn(process.execPath, [path.join(root, "scripts/start.mjs")], {
    cwd: root,
    env: { ...process.env, STANSCOPE_HOME: home, STANSCOPE_PORT: "0" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const url = await addressFrom(child);
  return {
    url,
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function addressFrom(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (data: unknown) => {
      said = (said + String(data)).slice(-4000);
      const address = /Open\s+(http:\/\/[\w.:[\]]+)/.exec(said)?.[1];
      if (address) resolve(address);
    };
    child.stdout?.on("data", listen);
    child.stderr?.on("data", listen);
    child.once("exit", (code) => reject(new Error(`start ended with ${code}: ${said}`)));
  });
}

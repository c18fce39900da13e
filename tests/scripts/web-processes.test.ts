import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { processCount } from "@/scripts/web/processes.mjs";
import { temporaryFolder } from "@/tests/support/temporary-folder";

describe("processCount", () => {
  it("is two unless another whole number is set", () => {
    expect([{}, { STANSCOPE_WEB_PROCESSES: "" }, { STANSCOPE_WEB_PROCESSES: "8" }].map(processCount)).toEqual([2, 2, 8]);
    for (const wrong of ["0", "1.5", "65", "two"])
      expect(() => processCount({ STANSCOPE_WEB_PROCESSES: wrong })).toThrow(
        `STANSCOPE_WEB_PROCESSES=${wrong} is not a number of processes`,
      );
  });
});

describe("serveInProcesses", () => {
  const modules = ["scripts/web/processes.mjs", "scripts/start/end-with-parent.mjs"].map((file) => pathToFileURL(file).href);
  const answers = `const server = createServer((_, response) => response.setHeader("connection", "close").end(String(process.pid)));
    process.on("disconnect", () => process.exit(0));
    process.on("message", ({ kind }) => kind === "ping" && process.send({ kind: "pong" }));
    server.listen(Number(process.env.STANSCOPE_PORT ?? 0), "127.0.0.1", () => {
      writeFileSync(process.env.STANSCOPE_HOME + "/listening-" + process.pid, "");
      process.send({ kind: "ready", port: server.address().port });
    });`;

  /** Runs a server whose processes do what `source` says. */
  function start(source: string) {
    const home = temporaryFolder();
    const script = join(home, "server.mjs");
    writeFileSync(
      script,
      `import cluster from "node:cluster"; import { writeFileSync } from "node:fs"; import { createServer } from "node:http"; import "${modules[1]}"; import { serveInProcesses } from "${modules[0]}";
      if (cluster.isPrimary) serveInProcesses(2); else { ${source} }`,
    );
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, STANSCOPE_HOME: home, STANSCOPE_PORT: "0" },
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    /** The processes that have listened so far. */
    const listening = () => readdirSync(home).flatMap((name) => (name.startsWith("listening-") ? [Number(name.slice(10))] : []));
    return { child, listening, message: new Promise<{ kind: string; port: number }>((resolve) => child.once("message", resolve)) };
  }

  /** Which process answers. */
  const answering = (port: number) =>
    new Promise<number>((resolve, reject) => {
      get({ port, host: "127.0.0.1", agent: false }, (response) => {
        response.setEncoding("utf8").on("data", (text) => resolve(Number(text)));
      }).on("error", reject);
    });

  const exitOf = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once("exit", resolve));
  const isAlive = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it("answers while one process is killed and replaced, and ends them all", async () => {
    const { child, message, listening } = start(answers);
    const { port } = await message;
    const pair = () =>
      vi.waitFor(() => {
        const alive = listening().filter(isAlive);
        expect(alive).toHaveLength(2);
        return alive;
      }, 20_000);
    const [first = 0, second = 0] = await pair();
    process.kill(first, "SIGKILL");
    await vi.waitFor(() => expect(isAlive(first)).toBe(false));
    expect(await answering(port)).toBe(second);
    await pair();
    process.kill(second, "SIGKILL");
    await vi.waitFor(() => expect(isAlive(second)).toBe(false));
    expect([first, second]).not.toContain(await answering(port));
    const ended = exitOf(child);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(listening().filter(isAlive)).toEqual([]);
  });

  it("ends its processes when it is killed itself", async () => {
    const { child, message, listening } = start(answers);
    await message;
    await vi.waitFor(() => expect(listening()).toHaveLength(2), 20_000);
    child.kill("SIGKILL");
    await vi.waitFor(() => expect(listening().filter(isAlive)).toEqual([]), 20_000);
  });

  it("passes on why the first cannot answer, and ends", async () => {
    const { child, message } = start('process.send({ kind: "failed", message: "Port 80 is in use." }, () => process.exit(1));');
    const ended = exitOf(child);
    expect(await message).toEqual({ kind: "failed", message: "Port 80 is in use." });
    expect(await ended).toBe(1);
  });
});

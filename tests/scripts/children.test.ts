import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { endChildrenLeft, noteChild } from "@/scripts/start/children.mjs";
import { temporaryFolder } from "@/tests/support/temporary-folder";

function started(command: readonly string[], environment: Record<string, string> = {}): ChildProcess & { ended: Promise<unknown> } {
  const child = spawn(process.execPath, command, { stdio: ["ignore", "ignore", "ignore", "ipc"], env: { ...process.env, ...environment } });
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(signal ?? code)));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return Object.assign(child, { ended });
}

function script(source: string): string {
  const file = join(temporaryFolder(), "child.mjs");
  writeFileSync(file, source);
  return file;
}

const endWithParent = resolve("scripts/start/end-with-parent.mjs");

describe("a child whose starter is gone", () => {
  // The database of this address is not there: neither comes to its end of start by itself.
  const environment = { DATABASE_URL: "postgresql://nobody@127.0.0.1:9/none", STANSCOPE_PORT: "0", PORT: "" };

  it.each(["scripts/web.mjs", "scripts/worker.mjs"])("ends at whatever moment of its start: %s", async (file) => {
    for (const delayMs of [0, 100, 400, 1500]) {
      const child = started([file], { ...environment, STANSCOPE_HOME: temporaryFolder() });
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      // Without built pages the web server may have ended by then.
      if (child.connected) child.disconnect();
      await child.ended;
      expect([child.exitCode, child.signalCode]).not.toEqual([null, null]);
    }
  });

  it("ends in order once it listens for that itself", async () => {
    const child = started([
      script(`import ${JSON.stringify(endWithParent)}; process.on("disconnect", () => process.exit(7)); process.send("on");`),
    ]);
    await new Promise((resolve) => child.once("message", resolve));
    child.disconnect();
    expect(await child.ended).toBe(7);
  });
});

describe("endChildrenLeft", () => {
  const stays = 'process.on("disconnect", () => {}); setInterval(() => {}, 1000); process.send("on");';
  const on = (child: ChildProcess) => new Promise((resolve) => child.once("message", resolve));

  it("waits for a child that is ending by itself", async () => {
    const folder = temporaryFolder();
    const child = started([script('process.on("message", () => process.exit(5)); process.send("on");')]);
    noteChild(folder, "worker", child.pid ?? 0);
    await on(child);
    const cleared = endChildrenLeft(folder);
    child.send("end");
    await cleared;
    expect(await child.ended).toBe(5);
    expect(existsSync(join(folder, "processes"))).toBe(false);
  });

  it("kills one that does not end", async () => {
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    const folder = temporaryFolder();
    const child = started([script(stays)]);
    noteChild(folder, "web", child.pid ?? 0);
    await on(child);
    const cleared = endChildrenLeft(folder);
    now += 60_000;
    await cleared;
    expect(await child.ended).toBe("SIGKILL");
  });

  it("leaves a process alone that only has the number of one of them", async () => {
    const folder = temporaryFolder();
    const child = started([script(stays)]);
    await on(child);
    noteChild(folder, "web", child.pid ?? 0);
    const note = join(folder, "processes/web");
    writeFileSync(note, JSON.stringify({ ...JSON.parse(readFileSync(note, "utf8")), born: "another time" }));
    await endChildrenLeft(folder);
    expect(child.exitCode).toBeNull();
  });

  it("begins again over notes that were cut off", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "processes"));
    writeFileSync(join(folder, "processes/web"), '{"pid":');
    await endChildrenLeft(folder);
    expect(existsSync(join(folder, "processes"))).toBe(false);
  });
});

import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { buildOnce, isBuilt, sourcesHash } from "@/scripts/start/build.mjs";
import { lockFolder } from "@/scripts/start/folder-lock.mjs";
import { arePackagesInstalled } from "@/scripts/start/packages.mjs";
import { supervise } from "@/scripts/start/supervised.mjs";
import { webHeapFlags } from "@/scripts/start/web-heap.mjs";
import { makeDataFolder, makePrivate } from "@/scripts/start/writable.mjs";
import { temporaryFolder } from "@/tests/support/temporary-folder";

describe("lockFolder", () => {
  it("tells a second process who holds the folder, until it is released", async () => {
    const folder = temporaryFolder();
    const lock = await lockFolder(folder);
    if ("heldBy" in lock) throw new Error("the folder is new");
    lock.describe({ url: "http://127.0.0.1:3000" });
    expect(await lockFolder(folder)).toEqual({ heldBy: { pid: process.pid, url: "http://127.0.0.1:3000" } });
    lock.release();
    await vi.waitFor(async () => {
      const again = await lockFolder(folder);
      expect(again).not.toHaveProperty("heldBy");
      if ("release" in again) again.release();
    }, 20_000);
  });

  it("takes over from a process that left its socket behind", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "start.sock"), "");
    const lock = await lockFolder(folder);
    expect(lock).toHaveProperty("release");
    if ("release" in lock) lock.release();
  });

  it("works in a folder whose path is longer than a socket's may be", async () => {
    const folder = join(temporaryFolder(), "long-".repeat(25));
    mkdirSync(folder);
    const lock = await lockFolder(folder);
    expect(await lockFolder(folder)).toEqual({ heldBy: { pid: process.pid } });
    if ("release" in lock) lock.release();
  });
});

describe("makeDataFolder", () => {
  it("leaves an empty folder", () => {
    const folder = join(temporaryFolder(), "deep/home");
    makeDataFolder(folder);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("says why a folder cannot be used", () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    expect(() => makeDataFolder(file)).toThrow(/a file with that name exists.*STANSCOPE_HOME/);
    expect(() => makeDataFolder(join(file, "home"))).toThrow(/a part of the path is a file/);
  });
});

describe("makePrivate", () => {
  const modeOf = (path: string) => statSync(path).mode & 0o7777;

  it("closes an existing folder and its logs to other users", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "logs"));
    writeFileSync(join(folder, "logs/web.log"), "", { mode: 0o644 });
    chmodSync(folder, 0o755);
    expect(makePrivate(folder)).toBe(true);
    // Under root the database, which runs as another user, passes through.
    expect(modeOf(folder)).toBe(process.getuid?.() === 0 ? 0o710 : 0o700);
    expect(modeOf(join(folder, "logs/web.log"))).toBe(0o600);
  });

  it("leaves a folder that many share as it is, and says so", () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o1777);
    expect(makePrivate(folder)).toBe(false);
    expect(modeOf(folder)).toBe(0o1777);
  });
});

describe("arePackagesInstalled", () => {
  it("asks for every package of the lock file in its version, but those for other machines", () => {
    const root = temporaryFolder();
    const write = (file: string, packages: object) => writeFileSync(join(root, file), JSON.stringify({ packages }));
    mkdirSync(join(root, "node_modules"));
    write("package-lock.json", { "": {}, "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "2.0.0", optional: true } });
    expect(arePackagesInstalled(root)).toBe(false);
    write("node_modules/.package-lock.json", { "node_modules/a": { version: "1.0.0" } });
    expect(arePackagesInstalled(root)).toBe(true);
    write("node_modules/.package-lock.json", { "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "1.9.0" } });
    expect(arePackagesInstalled(root)).toBe(false);
    write("node_modules/.package-lock.json", { "node_modules/a": { version: "0.9.0" } });
    expect(arePackagesInstalled(root)).toBe(false);
  });
});

describe("sourcesHash", () => {
  it("changes with any source, so that an older build is not served", () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "app/api"), { recursive: true });
    mkdirSync(join(root, ".next"));
    writeFileSync(join(root, "app/api/route.ts"), "1");
    const before = sourcesHash(root);
    writeFileSync(join(root, ".next/stanscope-sources"), before);
    expect(isBuilt(root, sourcesHash(root))).toBe(true);
    writeFileSync(join(root, "app/api/route.ts"), "2");
    expect(isBuilt(root, sourcesHash(root))).toBe(false);
    writeFileSync(join(root, "app/api/route.ts"), "1");
    rmSync(join(root, ".next/stanscope-sources"));
    expect(isBuilt(root, before)).toBe(false);
  });

  it("are built by one of two starts in a clone; the other waits and takes what that made", async () => {
    const root = temporaryFolder();
    for (const folder of ["app", ".next"]) mkdirSync(join(root, folder));
    let finish = () => {};
    const made = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const make = vi.fn(async (_root: string, { hash }: { hash: string }) => {
      await made;
      writeFileSync(join(root, ".next/stanscope-sources"), hash);
    });
    const first = buildOnce(root, { log: "", make });
    await vi.waitFor(() => expect(make).toHaveBeenCalled());
    const onProgress = vi.fn();
    const second = buildOnce(root, { log: "", make, onProgress });
    await vi.waitFor(() => expect(onProgress).toHaveBeenCalledWith(`waiting for process ${process.pid}, which builds them`));
    finish();
    await Promise.all([first, second]);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it("are built by the next start where a build failed", async () => {
    const root = temporaryFolder();
    for (const folder of ["app", ".next"]) mkdirSync(join(root, folder));
    await expect(buildOnce(root, { log: "", make: () => Promise.reject(new Error("no memory")) })).rejects.toThrow("no memory");
    const make = vi.fn(async (_root: string, { hash }: { hash: string }) => writeFileSync(join(root, ".next/stanscope-sources"), hash));
    await buildOnce(root, { log: "", make });
    expect(make).toHaveBeenCalledTimes(1);
  });
});

describe("supervise", () => {
  function child(source: string, nodeFlags: string[] = []) {
    const folder = temporaryFolder();
    const script = join(folder, "child.mjs");
    writeFileSync(script, source);
    const crashes: string[] = [];
    const dead: { pid: number }[] = [];
    const pids: number[] = [];
    const log = join(folder, "logs/child.log");
    const messages: { pid: number }[] = [];
    const child = supervise({
      name: "child",
      script,
      nodeFlags,
      environment: {},
      log,
      onLaunch: (pid: number) => pids.push(pid),
      patienceMs: 300,
      onCrash: (text: string) => crashes.push(text),
      onDead: (message: { pid: number }) => dead.push(message),
      onReady: (message: { pid: number }) => messages.push(message),
    });
    onTestFinished(() => child.stop());
    return { child, crashes, dead, messages, pids, log };
  }

  it("starts a killed process again", async () => {
    const {
      child: supervised,
      crashes,
      dead,
      messages,
    } = child('process.send({ kind: "ready", pid: process.pid }); setInterval(() => {}, 1000);');
    const { pid } = await supervised.ready;
    process.kill(pid, "SIGKILL");
    await vi.waitFor(() => expect(messages).toHaveLength(2), 20_000);
    expect(dead).toMatchObject([{ pid }]);
    expect(crashes).toEqual([expect.stringMatching(/^The child was ended by SIGKILL and restarts in 0.5 s/)]);
  });

  it("bounds the heap of the web server's process, which V8 lets grow to four times of what is alive above 2 GiB", async () => {
    const source =
      'import v8 from "node:v8"; process.send({ kind: "ready", heap: v8.getHeapStatistics().heap_size_limit }); setInterval(() => {}, 1000);';
    const { child: supervised } = child(source, webHeapFlags);
    expect((await supervised.ready).heap).toBeLessThan(1.5 * 2 ** 30);
  });

  it("kills one that does not heed, and starts it no more", async () => {
    const { child: supervised, crashes } = child(
      'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); process.send({ kind: "ready", pid: process.pid });',
    );
    const { pid } = await supervised.ready;
    await supervised.stop();
    expect(() => process.kill(pid, 0)).toThrow();
    expect(crashes).toEqual([]);
  });

  it("writes a log that its owner alone reads, and tells the number of each process", async () => {
    const { child: supervised, log, pids } = child('process.send({ kind: "ready", pid: process.pid }); setInterval(() => {}, 1000);');
    const { pid } = await supervised.ready;
    expect(pids).toEqual([pid]);
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  it("passes on why one cannot be", async () => {
    const { child: supervised } = child('process.send({ kind: "failed", message: "Port 80 is in use." }, () => process.exit(1));');
    await expect(supervised.ready).rejects.toThrow("Port 80 is in use.");
  });

  it("says when one ends before it is ready", async () => {
    const { child: supervised } = child("process.exit(3);");
    await expect(supervised.ready).rejects.toThrow(/ended with status 3 before it was ready/);
  });
});

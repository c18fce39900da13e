import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { launchBrowser } from "./browser";

type Start = {
  child: ChildProcess;
  said: () => string;
  saying: (pattern: RegExp) => Promise<RegExpExecArray>;
  ended: Promise<number | null>;
};

/** The whole `npm start`, ended with the test. */
function start(home: string, environment: Record<string, string>): Start {
  const child = spawn(process.execPath, ["scripts/start.mjs"], {
    env: { ...process.env, STANSCOPE_HOME: home, PORT: "", STANSCOPE_PORT: "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream?.on("data", (data) => {
      text += String(data);
      for (const listener of listeners) listener();
    });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  const saying = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(text);
        if (found !== null) resolve(found);
      };
      listeners.add(look);
      void ended.then((code) => reject(new Error(`start ended with ${code}: ${text}`)));
      look();
    });
  return { child, said: () => text, saying, ended };
}

function emptyHome(): string {
  const home = mkdtempSync(path.join(tmpdir(), "stanscope-e2e-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Command lines of the processes that run on a data folder, by what they were started with. */
function processesOf(home: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const [environment, command] = ["environ", "cmdline"].map((file) => readFileSync(`/proc/${pid}/${file}`, "utf8"));
        const isOurs = environment?.includes(`STANSCOPE_HOME=${home}\0`) || command?.includes(path.join(home, "postgres"));
        return isOurs && command ? [command.replaceAll("\0", " ")] : [];
      } catch {
        return [];
      }
    });
}

describe("a start", () => {
  const moments: readonly RegExp[] = [/database/, /tables/, /web server/, /Open/];

  it.each(moments)("that is killed after it said %s leaves nothing behind, and the next one gets the same port", async (moment) => {
    const home = emptyHome();
    const port = await freePort();
    const killed = start(home, { STANSCOPE_PORT: String(port) });
    await killed.saying(moment);
    killed.child.kill("SIGKILL");
    await killed.ended;
    const next = start(home, { STANSCOPE_PORT: String(port) });
    const [, url] = await next.saying(/Open (http:\S+)/);
    expect(url).toBe(`http://127.0.0.1:${port}`);
    const notes = readdirSync(path.join(home, "processes"));
    expect(notes.sort()).toEqual(["web", "web-0", "web-1", "worker"]);
    // Nothing of the killed start is left: only the new start, its web server with two processes, and its worker.
    const scripts = processesOf(home).filter((command) => /scripts\/(start|web|worker)\.mjs/.test(command));
    expect(scripts.filter((command) => !command.includes("heartbeat"))).toHaveLength(5);
    next.child.kill("SIGTERM");
    expect(await next.ended).toBe(0);
    await expect.poll(() => processesOf(home), { timeout: 20_000 }).toEqual([]);
  });

  it("is refused where its port is taken, before anything else is done", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void holder.close());
    const { port } = holder.address() as AddressInfo;
    for (const name of ["PORT", "STANSCOPE_PORT"]) {
      const home = emptyHome();
      const refused = start(home, { [name]: String(port) });
      expect(await refused.ended).toBe(1);
      expect(refused.said()).toContain(
        `Port ${port} on 127.0.0.1 is in use. Stop the program that uses it, or set ${name} to another port`,
      );
      expect(existsSync(path.join(home, "postgres"))).toBe(false);
    }
  });

  it("is refused with a number of web processes that makes no sense", async () => {
    const refused = start(emptyHome(), { STANSCOPE_WEB_PROCESSES: "two" });
    expect(await refused.ended).toBe(1);
    expect(refused.said()).toContain("STANSCOPE_WEB_PROCESSES=two is not a number of processes: use a whole number from 1 to 64.");
  });

  it("is refused on a data folder that another one holds, with where that one is", async () => {
    const home = emptyHome();
    const first = start(home, { STANSCOPE_PORT: "0" });
    const [, url = ""] = await first.saying(/Open (http:\S+)/);
    const second = start(home, { STANSCOPE_PORT: "0" });
    expect(await second.ended).toBe(1);
    expect(second.said()).toContain(`in use by another Stanscope (process ${first.child.pid}, ${url})`);
    expect((await fetch(`${url}/api/status`)).status).toBe(200);
  });

  it("is refused on a data folder that cannot be written, with why and what to do", async () => {
    // Even root may make nothing there.
    const home = "/sys/stanscope";
    const refused = start(home, { STANSCOPE_PORT: "0" });
    expect(await refused.ended).toBe(1);
    expect(refused.said()).toMatch(/The data folder \/sys\/stanscope cannot be used: .*set STANSCOPE_HOME to another folder/);
  });
});

describe("a start that other machines reach", () => {
  it("answers nothing without its token, and signs a browser in by its link", async () => {
    const home = emptyHome();
    const started = start(home, { STANSCOPE_HOST: "0.0.0.0", STANSCOPE_PORT: "0" });
    const [, link = ""] = await started.saying(/Open (http:\S+)/);
    const { origin, searchParams } = new URL(link);
    await started.saying(/Requests may name files in the data folder only/);
    for (const route of ["/", "/api/status", "/v1/models", "/_next/static/none.js", "/nowhere"])
      expect((await fetch(`${origin}${route}`)).status, route).toBe(401);
    const token = searchParams.get("token") ?? "";
    const bearer = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    expect((await fetch(`${origin}/v1/models`, { headers: bearer })).status).toBe(200);
    const outside = await fetch(`${origin}/api/data`, { method: "POST", headers: bearer, body: JSON.stringify({ path: "/etc/passwd" }) });
    expect([outside.status, (await outside.json()).error.field]).toEqual([403, "path"]);
    expect(statSync(path.join(home, "token")).mode & 0o777).toBe(0o600);

    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`${origin}/models`);
    await page.getByRole("heading", { name: "This Stanscope needs a token" }).waitFor();
    await page.goto(`${origin}/models?token=${token}`);
    await page.getByRole("heading", { name: "Models", level: 1 }).waitFor();
    expect(page.url()).toBe(`${origin}/models`);
    expect(await page.evaluate(() => document.cookie)).toBe("");
    // A page's own requests and its events carry the cookie.
    expect(await page.evaluate(() => fetch("/api/status").then(({ status }) => status))).toBe(200);
    expect(
      await page.evaluate(
        () =>
          new Promise((resolve) => {
            const source = new EventSource("/api/events");
            source.onopen = () => resolve("open");
            source.onerror = () => resolve("refused");
          }),
      ),
    ).toBe("open");
  });
});

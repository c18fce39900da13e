import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { supervise } from "@/scripts/start/supervised.mjs";
import { askEveryMs, longestSilenceMs } from "@/scripts/start/watch-answers.mjs";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { eventually } from "@/tests/support/worker-process";

// The supervisor's watch alone: the child and its restart take real time.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** A child that answers until its log's folder holds a file `hang`, which it removes. */
function supervised() {
  const folder = temporaryFolder();
  const script = join(folder, "child.mjs");
  writeFileSync(
    script,
    `import { existsSync, rmSync } from "node:fs";
process.on("message", ({ kind }) => {
  if (existsSync(${JSON.stringify(join(folder, "hang"))})) {
    rmSync(${JSON.stringify(join(folder, "hang"))});
    process.stdout.write("reading a page\\n", () => { for (;;); });
  } else if (kind === "ping") process.send({ kind: "pong" });
});
process.on("disconnect", () => process.exit());
process.send({ kind: "ready", pid: process.pid });`,
  );
  const ready: number[] = [];
  const crashes: string[] = [];
  const deaths: unknown[] = [];
  const child = supervise({
    name: "child",
    script,
    environment: {},
    log: join(folder, "child.log"),
    patienceMs: 1000,
    mustAnswer: true,
    onCrash: (text: string) => crashes.push(text),
    onReady: ({ pid }: { pid: number }) => ready.push(pid),
    onDead: (_said: unknown, death: unknown) => deaths.push(death),
  });
  onTestFinished(() => child.stop());
  return { folder, child, ready, crashes, deaths };
}

/** Lets the supervisor ask so often, and the child answer each time. */
async function ask(times: number): Promise<void> {
  for (let at = 0; at < times; at++) {
    vi.advanceTimersByTime(askEveryMs);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const enough = Math.ceil(longestSilenceMs / askEveryMs) + 2;

test("a child whose event loop hangs is killed and started again, and it is said why", async () => {
  const { folder, ready, crashes, deaths } = supervised();
  await eventually("it is ready", async () => (ready.length === 1 ? true : undefined));
  writeFileSync(join(folder, "hang"), "");
  await ask(1);
  await eventually("it hangs", async () => (readFileSync(join(folder, "child.log"), "utf8").includes("a page") ? true : undefined));
  await ask(enough);
  await eventually("it is started again", async () => (ready.length === 2 ? true : undefined));
  expect(crashes).toEqual([expect.stringMatching(/^The child was killed because it did not respond for 20 s and restarts in/)]);
  expect(deaths).toEqual([{ how: "was killed because it did not respond for 20 s", log: ["reading a page"] }]);
  expect(() => process.kill(ready[0] ?? 0, 0)).toThrow("ESRCH");
});

test("a child that answers lives on", async () => {
  const { ready, crashes } = supervised();
  await eventually("it is ready", async () => (ready.length === 1 ? true : undefined));
  await ask(2 * enough);
  expect([ready.length, crashes]).toEqual([1, []]);
});

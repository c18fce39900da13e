import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { getPriority } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import { lowerPriority } from "@/scripts/start/priority.mjs";

test("a child whose priority is lowered gives way to this process, and so does its session where Linux groups by sessions", () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const pid = child.pid as number;
  lowerPriority(pid);
  expect(getPriority(pid)).toBeGreaterThan(getPriority());
  const group = `/proc/${pid}/autogroup`;
  if (existsSync(group)) expect(readFileSync(group, "utf8")).toMatch(/nice 10$/m);
});

test("a child that has ended meanwhile is no error", () => {
  lowerPriority(2 ** 22 + 1);
});

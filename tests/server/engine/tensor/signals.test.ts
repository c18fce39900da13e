import { spawn } from "node:child_process";
import { expect, test } from "vitest";

/** Products of the size that training has, until enough signals have come. */
const program = `
  import { startEngine } from "@/server/engine/tensor/backend";
  import { fill, readFloats } from "@/server/engine/tensor/create";
  import { matmul } from "@/server/engine/tensor/products";
  import { tidy } from "@/server/engine/tensor/scope";
  await startEngine();
  let signals = 0;
  process.on("SIGUSR2", () => signals++);
  process.send("ready");
  for (let rounds = 0; signals < 1500; rounds++) {
    tidy(() => readFloats(matmul(fill([53, 256], 1), fill([256, 251], 1))));
    if (rounds % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  process.exit(0);`;

test("signals that arrive in the middle of products do no harm and reach their handler", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => child.on("exit", (status, signal) => resolve(signal ?? status)));
  let timer: NodeJS.Timeout | undefined;
  child.once("message", () => {
    timer = setInterval(() => child.kill("SIGUSR2"), 1);
  });
  const end = await ended;
  clearInterval(timer);
  expect(end).toBe(0);
});

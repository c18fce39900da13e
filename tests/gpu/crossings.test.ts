import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { references } from "@/tests/support/fixtures";
import type { StepCounts } from "./crossings";
import { type MockDevice, mockDevice } from "./mock-device";
import { works } from "./steps";

/** Copies to the device and back in a step of two adapted layers of seven modules each: they may fall, and never rise. */
const most: Readonly<Record<keyof typeof works, { readonly in: number; readonly back: number }>> = {
  "training: LoRA": { in: 31, back: 2 },
  "training: LoRA with dropout": { in: 45, back: 2 },
  "training: DoRA": { in: 87, back: 30 },
  "training: DoRA with dropout": { in: 101, back: 30 },
  "training: VeRA": { in: 31, back: 2 },
  "training: VeRA with dropout": { in: 45, back: 2 },
  "training: full": { in: 31, back: 2 },
  "decoding: LoRA": { in: 17, back: 1 },
  "decoding: DoRA": { in: 17, back: 1 },
  "decoding: VeRA": { in: 17, back: 1 },
  "statistics: LoRA": { in: 15, back: 56 },
  "statistics: DoRA": { in: 15, back: 56 },
  "statistics: VeRA": { in: 15, back: 56 },
};

/** Why nothing was counted, or what each step did, by name. */
let counted: string | ReadonlyMap<string, StepCounts>;

beforeAll(async () => {
  const device = await mockDevice();
  counted = typeof device === "string" ? device : await countOn(device);
}, 600_000);

test.for(Object.keys(works))("%s copies no more between host and device than it must", references, (name, { skip }) => {
  if (typeof counted === "string") skip(counted);
  const counts = (counted as ReadonlyMap<string, StepCounts>).get(name);
  const limit = most[name];
  expect({ in: counts?.copiesIn, back: counts?.copiesOut }, crossingOperations(counts)).toEqual({
    in: expect.toSatisfy((copies: number) => copies <= (limit?.in ?? 0)),
    back: expect.toSatisfy((copies: number) => copies <= (limit?.back ?? 0)),
  });
});

async function countOn(device: MockDevice): Promise<ReadonlyMap<string, StepCounts>> {
  const folder = mkdtempSync(path.join(tmpdir(), "stanscope-test-"));
  try {
    return await countIn(folder, device);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Counts in a process of its own, because it has to find the mock's libraries as it starts. */
async function countIn(folder: string, { binding, libraries }: MockDevice): Promise<ReadonlyMap<string, StepCounts>> {
  const environment = { LD_LIBRARY_PATH: libraries, MOCK_BINDING: binding, MOCK_COUNTERS: path.join(folder, "counters") };
  const { stdout } = await promisify(execFile)(process.execPath, ["tests/gpu/count-crossings.mjs"], {
    env: { ...process.env, ...environment },
    maxBuffer: 2 ** 24,
  });
  const steps = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as StepCounts & { readonly name: string });
  return new Map(steps.map(({ name, ...counts }) => [name, counts]));
}

/** Of a failure: which operations copy, and how often. */
function crossingOperations(counts: StepCounts | undefined): string {
  if (counts === undefined) return "nothing was counted";
  const crossing = Object.entries(counts.calls).filter(([, { copiesIn, copiesOut }]) => copiesIn + copiesOut > 0);
  return crossing.map(([name, { calls, copiesIn, copiesOut }]) => `${name}: ${calls} calls, ${copiesIn} in, ${copiesOut} back`).join("\n");
}

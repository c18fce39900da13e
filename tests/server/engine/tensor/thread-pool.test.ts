import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { siluMul } from "@/server/engine/tensor/activations";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { rmsNorm } from "@/server/engine/tensor/normalise";
import { free, tidy } from "@/server/engine/tensor/scope";
import { stepLinear } from "@/server/engine/tensor/step";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { randomTensor } from "./engines";

describe("the own kernels' threads", () => {
  beforeAll(() => startEngine({ prefer: "tensorflow", kernels: "own" }));

  it("finish each job before the next, whatever the sizes that follow one another", () => {
    // From one part for the caller alone to many parts: a helper that is late for one job meets another of a different cut.
    const inputs = [3, 5, 64, 211, 512, 1021].map((rows, at) => ({
      x: randomTensor([rows, 67], at),
      y: randomTensor([rows, 67], 50 + at),
    }));
    const weight = randomTensor([67], 99);
    const run = ({ x, y }: { x: Tensor; y: Tensor }) => readFloats(tidy(() => rmsNorm(siluMul(x, y), weight, 1e-6).y));
    const first = inputs.map(run);
    for (let round = 0; round < 3000; round++) {
      const at = (round * 7 + (round >> 3)) % inputs.length;
      const again = run(inputs[at] as { x: Tensor; y: Tensor });
      if (Buffer.compare(Buffer.from(again.buffer), Buffer.from((first[at] as Float32Array).buffer)) !== 0) {
        expect(again, `round ${round}`).toEqual(first[at]);
      }
    }
    expect(first.every((values) => values.every(Number.isFinite))).toBe(true);
    free(inputs, weight);
  });

  it("sleep soon after the last operation of a step, so that an idle process leaves the cores alone", async () => {
    const [x, w] = [randomTensor([1, 512], 1), randomTensor([4096, 512], 2)];
    free(stepLinear(x, w), x, w);
    expect(helperStates()).not.toHaveLength(0);
    await expect.poll(() => new Set(helperStates()), { timeout: 5000, interval: 20 }).toEqual(new Set(["S"]));
  });
});

/** What the system says of each helper thread: "R" runs or waits for a core, "S" sleeps. */
function helperStates(): string[] {
  const threads = "/proc/self/task";
  return readdirSync(threads).flatMap((id) => {
    const [, name, state] = /\((.*)\) (\S)/.exec(readFileSync(`${threads}/${id}/stat`, "utf8")) ?? [];
    return name === "kernel-helper" && state !== undefined ? [state] : [];
  });
}

// Counts what crosses between host and device in one step of each kind of work. Runs in a process whose NVIDIA libraries are those of the mock:
// MOCK_BINDING is a binding against TensorFlow's CUDA build, MOCK_COUNTERS the file that the mock counts in. `crossings.test.ts` starts it;
// an argument names the one work to count.
import { openSync, readSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { startEngine } from "@/server/engine/tensor/backend";
import { bindingFile } from "@/server/engine/tensor/tensorflow-binding";
import { COUNTERS, type Crossings, type StepCounts } from "./crossings";
import { works } from "./steps";

const settings = { binding: process.env["MOCK_BINDING"] ?? "", counters: process.env["MOCK_COUNTERS"] ?? "" };
const require = createRequire(import.meta.url);
const counters = openSync(settings.counters, "a+");
const buffer = Buffer.alloc(8 * COUNTERS.length);

function counted(): number[] {
  buffer.fill(0);
  readSync(counters, buffer, 0, buffer.length, 0);
  return COUNTERS.map((_, place) => Number(buffer.readBigUInt64LE(8 * place)));
}

let calls: Record<string, Crossings> = {};

/** The binding, each call of which is counted under the name of its operation. */
function watched<Binding extends object>(binding: Binding): Binding {
  return new Proxy({} as Binding, {
    get(_, key) {
      const value: unknown = Reflect.get(binding, key);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        const before = counted();
        const result: unknown = Reflect.apply(value, binding, args);
        const [copiesIn = 0, , copiesOut = 0] = counted().map((count, place) => count - (before[place] ?? 0));
        const name = key === "executeOp" ? String(args[0]) : String(key);
        const sum = calls[name] ?? { calls: 0, copiesIn: 0, copiesOut: 0 };
        calls[name] = { calls: sum.calls + 1, copiesIn: sum.copiesIn + copiesIn, copiesOut: sum.copiesOut + copiesOut };
        return result;
      };
    },
  });
}

/** The third step: the first ones make what later ones use again. */
function countStep(make: (typeof works)[string]): StepCounts {
  const work = make();
  try {
    work.step();
    work.step();
    calls = {};
    const before = counted();
    work.step();
    const counts = Object.fromEntries(counted().map((count, place) => [COUNTERS[place], count - (before[place] ?? 0)]));
    return { ...(counts as Omit<StepCounts, "calls">), calls };
  } finally {
    work.free();
  }
}

// The engine asks for the linked binding and is given this one.
const module = new Module(bindingFile());
require.cache[bindingFile()] = Object.assign(module, { loaded: true, exports: watched(require(settings.binding) as object) });
const { device } = await startEngine();
if (device !== "gpu") throw new Error("TensorFlow made no device of the mock");
const [only] = process.argv.slice(2);
for (const [name, make] of Object.entries(works)) {
  if (only !== undefined && name !== only) continue;
  process.stdout.write(`${JSON.stringify({ name, ...countStep(make) })}\n`);
}

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GenerateEvent, GenerateRequest } from "@/lib/contract/generate";
import { generateRequest } from "@/lib/contract/generate";
import { engineInfo, startEngine } from "@/server/engine/tensor/backend";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { generateEvents } from "@/server/runtime/generate-events";
import type { Precision } from "@/server/runtime/models/load-base-model";
import { Runtime } from "@/server/runtime/runtime";

const now = () => performance.now();
const runtime = new Runtime({ now, memoryBytes: 2 ** 30 });
const promptIds = [305, 412, 300];

/** The demonstration's model, whose weights are in bfloat16, with weights that are not. */
const modelPath = mkdtempSync(join(tmpdir(), "stanscope-test-"));

beforeAll(async () => {
  await startEngine();
  cpSync("demo/model", modelPath, { recursive: true });
  const weights = openSafetensors("demo/model/model.safetensors");
  const tensors = weights
    .names()
    .map((name) => [name, { shape: weights.shape(name), data: weights.read(name).map((value) => value * 1.0017) }]);
  writeSafetensors(join(modelPath, "model.safetensors"), Object.fromEntries(tensors));
  weights.close();
});

afterAll(() => rmSync(modelPath, { recursive: true }));

/** Of the base model, over a run in float32 unless told. */
async function generated(asked: Partial<GenerateRequest>, precision: Precision = "exact") {
  const request = generateRequest.parse({ promptIds, arms: ["base"], ...asked });
  const signal = new AbortController().signal;
  const events: GenerateEvent[] = [];
  for await (const event of generateEvents({
    runtime,
    request,
    signal,
    now,
    modelPath,
    precision,
    adapterFolder: "",
  }))
    events.push(event);
  const start = events.find((event) => event.kind === "start") ?? expect.fail(JSON.stringify(events));
  const tokens = events.flatMap((event) => (event.kind === "token" ? [event.token] : []));
  const prompt = events.flatMap((event) => (event.kind === "prompt" ? event.tokens : []));
  return { precision: start.precision, tokens, prompt };
}

const written = { sampling: generateRequest.parse({ sampling: { maxTokens: 12 } }).sampling };
const logOf = ({ logProbability }: { readonly logProbability: number | null }) => logProbability ?? Number.NaN;

/** The largest difference between tokens as they were written and the same tokens read in one pass in float32, nats. */
async function distanceToReading(tokens: readonly { readonly id: number; readonly logProbability: number }[]): Promise<number> {
  const ids = [...promptIds, ...tokens.map(({ id }) => id)];
  const { prompt } = await generated({ promptIds: ids, sampling: { ...written.sampling, maxTokens: 0 }, promptLogProbabilities: true });
  const read = prompt.slice(promptIds.length).map(logOf);
  return Math.max(...tokens.map((token, at) => Math.abs(logOf(token) - (read[at] as number))));
}

test("a run in float32 generates in float32 unless bfloat16 is requested, and reports the precision", async () => {
  const exact = await generated(written);
  expect(exact.precision).toBe("float32");
  expect(exact.tokens).toHaveLength(12);
  expect(await distanceToReading(exact.tokens)).toBeLessThan(1e-4);

  const fast = await generated({ ...written, precision: "bfloat16" });
  expect(fast.precision).toBe(engineInfo().bfloat16 ? "bfloat16" : "float32");
  if (engineInfo().bfloat16) expect(await distanceToReading(fast.tokens)).toBeGreaterThan(1e-4);

  // Both read the same weights.
  expect(runtime.loaded).toEqual([modelPath]);
  expect((await generated(written)).tokens).toEqual(exact.tokens);
});

test("a run over weights in NF4 generates over them whatever precision is requested, in float32", async () => {
  const own = await generated(written, "nf4");
  expect(own.precision).toBe("float32");
  for (const precision of ["float32", "bfloat16"] as const) {
    const asked = await generated({ ...written, precision }, "nf4");
    expect(asked.precision).toBe("float32");
    expect(asked.tokens).toEqual(own.tokens);
  }
  expect(runtime.isLoaded(modelPath, "nf4")).toBe(true);
});

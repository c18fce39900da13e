import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { Edit } from "@/lib/contract/edit";
import type { Adapter } from "@/server/engine/adapters/adapter";
import { generate } from "@/server/engine/generation/generate";
import type { GenerationEvent, GenerationRequest } from "@/server/engine/generation/generation-request";
import type { CausalModel } from "@/server/engine/models/causal-model";
import { startEngine } from "@/server/engine/tensor/backend";
import { liveTensors } from "@/server/engine/tensor/scope";
import type { Tokenizer } from "@/server/engine/text/tokenizer";
import { DeviceTurns } from "@/server/runtime/device-turns";
import { GenerationPool } from "@/server/runtime/generation-pool";
import { longestPauseMs, SlowReaderError } from "@/server/runtime/generation-seat";
import { ofArm, openDemo, randomAdapter, sampling, threeArms, watchedModule } from "@/tests/server/engine/generation/demo-arms";

let demo: CausalModel;
let model: CausalModel;
let tokenizer: Tokenizer;
let adapter: Adapter;
let turns: DeviceTurns;
let pool: GenerationPool;
/** Rows of each step. */
let steps: number[];

beforeAll(async () => {
  await startEngine();
  ({ model: demo, tokenizer } = openDemo());
  adapter = randomAdapter(demo);
});
afterAll(() => {
  adapter.free();
  demo.free();
});
beforeEach(() => {
  steps = [];
  model = {
    ...demo,
    decode(sequences, ids, hooks) {
      steps.push(sequences.length);
      return demo.decode(sequences, ids, hooks);
    },
  };
  turns = new DeviceTurns(() => performance.now());
  pool = new GenerationPool({ turns, budgetBytes: 2 ** 30 });
});

const never = () => new AbortController().signal;
const prompts = ["The function returns", "In the beginning", "A", "const x = 4;", "Two plus three is", "A patient with", "It was", "He"];

function requestOf(text: string, more: Partial<GenerationRequest> = {}): GenerationRequest {
  return {
    promptIds: tokenizer.encode(text, { addSpecialTokens: true }),
    arms: [{ name: "base" }],
    watch: [],
    sampling: sampling({ maxTokens: 9 }),
    endsAtEndOfText: false,
    ...more,
  };
}

async function read(request: GenerationRequest, signal = never()): Promise<GenerationEvent[]> {
  const events: GenerationEvent[] = [];
  for await (const event of pool.run(model, tokenizer, request, signal)) events.push(event);
  return events;
}

/** Comes when the event loop has gone round so often. */
async function rounds(count: number): Promise<void> {
  for (let at = 0; at < count; at++) await new Promise((resolve) => setImmediate(resolve));
}

describe("generations of one model", () => {
  test("share their steps, and each gets what it gets alone", async () => {
    const requests = prompts.map((text) => requestOf(text, { arms: threeArms(adapter, []).slice(0, 2) }));
    const together = await Promise.all(requests.map((request) => read(request)));
    requests.forEach((request, at) => {
      expect(together[at]).toEqual([...generate(demo, tokenizer, request)]);
    });
    expect(Math.max(...steps)).toBe(16);
    const readAlone = requests.length * 8;
    expect(steps.length).toBeLessThan(readAlone / 3);
    expect(pool.rows).toBe(0);
  });

  test("wait in line beyond 32 arms at once, and all come to their ends", async () => {
    const requests = Array.from({ length: 13 }, (_, at) => requestOf(prompts[at % prompts.length] ?? "", { arms: threeArms(adapter, []) }));
    const all = await Promise.all(requests.map((request) => read(request)));
    expect(all.map((events) => ofArm(events, "edited").ids.length)).toEqual(new Array(13).fill(9));
    expect(Math.max(...steps)).toBeLessThanOrEqual(32);
    expect(Math.max(...steps)).toBeGreaterThan(24);
  });

  test("continue while a reader takes nothing, and only that reader's generation pauses", async () => {
    const slow = pool.run(model, tokenizer, requestOf("The function returns", { sampling: sampling({ maxTokens: 200 }) }), never());
    const first = await slow.next();
    const fast = await read(requestOf("In the beginning", { sampling: sampling({ maxTokens: 120 }) }));
    expect(ofArm(fast, "base").ids).toHaveLength(120);
    await rounds(20);
    const made = steps.length;
    await rounds(20);
    expect(steps.length).toBe(made);
    // The fast one alone at the end: the slow one came no further than its reader has room for.
    expect(steps.filter((rows) => rows === 2).length).toBeLessThan(70);
    const rest: GenerationEvent[] = first.done ? [] : [first.value];
    for await (const event of slow) rest.push(event);
    expect(ofArm(rest, "base").ids).toHaveLength(200);
  });

  test("are freed at once when their reader leaves, is cut off, or goes while it waits in line", async () => {
    adapter.release();
    const before = liveTensors();
    const long = sampling({ maxTokens: 300 });
    const left = pool.run(model, tokenizer, requestOf("A", { arms: threeArms(adapter, []), sampling: long }), never());
    await left.next();
    expect(pool.rows).toBe(3);
    await left.return();
    expect(pool.rows).toBe(0);

    const stops = Array.from({ length: 10 }, () => new AbortController());
    const fillers = stops.map(({ signal }) => read(requestOf("A", { arms: threeArms(adapter, []), sampling: long }), signal));
    const leave = new AbortController();
    const waiting = read(requestOf("It was", { arms: threeArms(adapter, []), sampling: long }), leave.signal);
    while (pool.rows < 30) await rounds(1);
    leave.abort();
    expect(await waiting).toEqual([]);
    expect(pool.rows).toBe(30);
    for (const stop of stops) stop.abort();
    expect(pool.rows).toBe(0);
    for (const events of await Promise.all(fillers)) expect(ofArm(events, "base").end).toBeUndefined();
    adapter.release();
    expect(liveTensors()).toBe(before);
  });

  test("wait in line while their caches would exceed the budget, and all come to their ends", async () => {
    const asked = requestOf("A", { arms: threeArms(adapter, []), sampling: sampling({ maxTokens: 40 }) });
    const ofOne = 3 * (asked.promptIds.length + 40) * demo.cacheBytesPerToken;
    pool = new GenerationPool({ turns, budgetBytes: 2.5 * ofOne });
    let most = 0;
    const { decode } = model;
    model.decode = (...given) => {
      most = Math.max(most, pool.cacheBytes);
      return decode(...given);
    };
    const all = await Promise.all(Array.from({ length: 7 }, () => read(asked)));
    expect(all.map((events) => ofArm(events, "edited").ids.length)).toEqual(new Array(7).fill(40));
    expect(most).toBe(2 * ofOne);
    expect(pool.cacheBytes).toBe(0);
  });

  test("whose caches alone exceed the budget run when there is no other", async () => {
    pool = new GenerationPool({ turns, budgetBytes: 1 });
    const [first, second] = await Promise.all([read(requestOf("A")), read(requestOf("It was"))]);
    expect([first, second].map((events) => ofArm(events, "base").ids.length)).toEqual([9, 9]);
    expect(Math.max(...steps)).toBe(1);
  });

  test("of a reader that takes nothing for 30 s end, are told so, and make room for those who wait", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const before = liveTensors();
    const long = requestOf("The function returns", { sampling: sampling({ maxTokens: 200 }) });
    pool = new GenerationPool({ turns, budgetBytes: 4 * (long.promptIds.length + 200) * demo.cacheBytesPerToken });
    const slow = Array.from({ length: 4 }, () => pool.run(model, tokenizer, long, never()));
    for (const reader of slow) await reader.next();
    const waiting = read(requestOf("It was"));
    let made = -1;
    while (made < steps.length) {
      made = steps.length;
      await rounds(20);
    }
    expect(pool.rows).toBe(4);
    vi.advanceTimersByTime(longestPauseMs - 1);
    expect(pool.rows).toBe(4);
    vi.advanceTimersByTime(1);
    expect(ofArm(await waiting, "base").ids).toHaveLength(9);
    for (const reader of slow) {
      const heard: GenerationEvent[] = [];
      const rest = (async () => {
        for await (const event of reader) heard.push(event);
      })();
      await expect(rest).rejects.toBeInstanceOf(SlowReaderError);
      expect(heard.length).toBeGreaterThan(60);
    }
    expect(liveTensors()).toBe(before);
  });

  test("fail alone, with the words of what is wrong", async () => {
    const latent = { module: watchedModule, index: 4 };
    const edit: Edit = { operation: "clamp", latent, value: 3e38, isOn: true, scope: "generated" };
    const edited = (edits: Edit[]) => requestOf("The", { arms: [{ name: "edited", adapter, edits }] });
    const [sound, overflow, absent, empty] = await Promise.allSettled([
      read(requestOf("The function returns", { sampling: sampling({ maxTokens: 40 }) })),
      read(edited([edit])),
      read(edited([{ ...edit, latent: { module: watchedModule, index: 23 } }])),
      read({ ...requestOf("A"), promptIds: [] }),
    ]);
    expect(sound?.status === "fulfilled" && ofArm(sound.value, "base").ids).toHaveLength(40);
    expect([overflow, absent, empty]).toEqual([
      { status: "rejected", reason: expect.objectContaining({ message: expect.stringMatching(/logit/) }) },
      { status: "rejected", reason: expect.objectContaining({ message: expect.stringMatching(/23/) }) },
      { status: "rejected", reason: new RangeError("the prompt has no tokens") },
    ]);
    expect(pool.rows).toBe(0);
  });

  test("let background work come between", async () => {
    let now = 0;
    // Each turn takes 100 ms by this clock.
    turns = new DeviceTurns(() => {
      now += 100;
      return now;
    });
    pool = new GenerationPool({ turns, budgetBytes: 2 ** 30 });
    let background = 0;
    let isOver = false;
    const training = (async () => {
      while (!isOver) {
        await turns.take("background", () => {
          background += 1;
        });
        await rounds(1);
      }
    })();
    const events = await read(requestOf("The function returns", { sampling: sampling({ maxTokens: 40 }) }));
    isOver = true;
    await training;
    expect(ofArm(events, "base").ids).toHaveLength(40);
    expect(background).toBeGreaterThan(10);
  });
});

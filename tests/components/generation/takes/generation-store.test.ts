import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GenerationStore } from "@/components/generation/takes/generation-store";
import { showTake } from "@/components/generation/takes/takes";
import type { GenerateEvent, GenerateRequest } from "@/lib/contract/generate";
import { requestOf, token } from "@/tests/components/generation/tokens";

/** What was asked of the server, and whether the asker has gone. */
let asked: { request: GenerateRequest; signal: AbortSignal | undefined }[];
let answer: (request: GenerateRequest) => readonly GenerateEvent[];

beforeEach(() => {
  asked = [];
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => setTimeout(draw, 0));
  vi.stubGlobal("fetch", async (_path: string, init: RequestInit) => {
    const request = JSON.parse(String(init.body));
    asked.push({ request, signal: init.signal ?? undefined });
    return new Response(
      answer(request)
        .map((event) => `data: ${JSON.stringify(event)}\n\n`)
        .join(""),
    );
  });
  answer = (request) => [
    { kind: "start", precision: "float32", promptTokens: [], watched: [] },
    { kind: "token", arm: "adapter", token: token(100 + request.sampling.seed) },
    { kind: "armEnd", arm: "adapter", reason: "maxTokens", text: "" },
    { kind: "end", tokensPerSecond: 7 },
  ];
});
afterEach(() => vi.unstubAllGlobals());

const request = requestOf({ arms: ["adapter"] });
const seeded = (seed: number) => ({ ...request, sampling: { ...request.sampling, seed } });
const shown = (store: GenerationStore) => showTake(store.takes());
const ids = (store: GenerationStore) => shown(store).arms.adapter?.tokens.map(({ id }) => id);

describe("generations of a visit", () => {
  it("run one after another, and each tells that the history has one more", async () => {
    const kept = vi.fn();
    const store = new GenerationStore("r 1", kept);
    store.run(seeded(2), seeded(3));
    expect(shown(store)).toMatchObject({ status: "running", request: seeded(2) });
    await vi.waitFor(() => expect(kept).toHaveBeenCalledTimes(2), 20_000);
    expect(asked.map(({ request: { sampling } }) => sampling.seed)).toEqual([2, 3]);
    expect([shown(store).status, ids(store)]).toEqual(["done", [103]]);
  });

  it("are shown again without asking, until the request is another", async () => {
    const store = new GenerationStore("r", () => {});
    store.run(seeded(2));
    await vi.waitFor(() => expect(shown(store).status).toBe("done"), 20_000);
    store.run(seeded(3));
    await vi.waitFor(() => expect(shown(store).status).toBe("done"), 20_000);
    store.show(seeded(2));
    expect([ids(store), asked.length]).toEqual([[102], 2]);
    store.show(seeded(5));
    expect(asked).toHaveLength(3);
    store.stop();
  });

  it("go on from their own tokens, and keep those that were there", async () => {
    const store = new GenerationStore("r", () => {});
    store.run(seeded(2));
    await vi.waitFor(() => expect(shown(store).status).toBe("done"), 20_000);
    store.goOn();
    await vi.waitFor(() => expect(shown(store).status).toBe("done"), 20_000);
    expect(asked[1]?.request.continued).toEqual({ adapter: [102] });
    expect(ids(store)).toEqual([102, 102]);
  });

  it("end where a person stops them, and no further seed begins", async () => {
    const kept = vi.fn();
    const store = new GenerationStore("r", kept);
    store.run(seeded(2), seeded(3));
    store.stop();
    expect(shown(store).status).toBe("stopped");
    await vi.waitFor(() => expect(kept).toHaveBeenCalledTimes(1), 20_000);
    expect(asked[0]?.signal?.aborted).toBe(true);
    expect(asked).toHaveLength(1);
  });

  it("fail with words where the stream breaks off, and no further seed begins", async () => {
    answer = () => [{ kind: "token", arm: "adapter", token: token(5) }];
    const kept = vi.fn();
    const store = new GenerationStore("r", kept);
    store.run(seeded(2), seeded(3));
    await vi.waitFor(() => expect(kept).toHaveBeenCalledTimes(1), 20_000);
    expect(shown(store)).toMatchObject({ status: "failed", error: expect.stringContaining("run again") });
    expect([ids(store), asked.length]).toEqual([[5], 1]);
  });

  it("tell those who look, and no longer those who have left", async () => {
    const store = new GenerationStore("r", () => {});
    const [stays, leaves] = [vi.fn(), vi.fn()];
    store.subscribe(stays);
    store.subscribe(leaves)();
    store.run(seeded(2));
    await vi.waitFor(() => expect(shown(store).status).toBe("done"), 20_000);
    expect(stays.mock.calls.length).toBeGreaterThan(1);
    expect(leaves).not.toHaveBeenCalled();
  });
});

import { describe, expect, it } from "vitest";
import { mergeStreams } from "@/server/services/openai/merge-streams";

const end = () => {};

/** A source that gives its values as `go` lets it, and notes its beginning and end. */
function source(name: string, values: number, log: string[]) {
  return async function* () {
    log.push(`${name} begins`);
    try {
      for (let at = 0; at < values; at++) yield `${name}${at}`;
    } finally {
      log.push(`${name} ends`);
    }
  };
}

async function all(values: AsyncGenerator<string, void>): Promise<string[]> {
  const found: string[] = [];
  for await (const value of values) found.push(value);
  return found;
}

describe("merged sources", () => {
  it("give all values, each source's own in order, none waiting for another to end", async () => {
    const found = await all(mergeStreams([source("a", 3, []), source("b", 2, [])], { atOnce: 2, end }));
    expect(found.slice().sort()).toEqual(["a0", "a1", "a2", "b0", "b1"]);
    expect(found.filter((value) => value.startsWith("a"))).toEqual(["a0", "a1", "a2"]);
    expect(found.indexOf("b0")).toBeLessThan(found.indexOf("a2"));
  });

  it("are open so many at a time, in their order", async () => {
    const log: string[] = [];
    await all(mergeStreams([source("a", 1, log), source("b", 1, log), source("c", 1, log)], { atOnce: 1, end }));
    expect(log).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });

  it("that wait for something are told before they are waited for", async () => {
    const stop = new AbortController();
    const waiting = async function* (): AsyncGenerator<string, void> {
      await new Promise((resolve) => stop.signal.addEventListener("abort", resolve));
    };
    const merged = mergeStreams([source("a", 9, []), waiting], { atOnce: 2, end: () => stop.abort() });
    for await (const value of merged) if (value === "a0") break;
    expect(stop.signal.aborted).toBe(true);
  });

  it("are all ended when one fails, and when the reader leaves", async () => {
    const log: string[] = [];
    const failing = async function* (): AsyncGenerator<string, void> {
      yield "x";
      throw new Error("no more");
    };
    await expect(all(mergeStreams([source("a", 9, log), failing], { atOnce: 2, end }))).rejects.toThrow("no more");
    expect(log).toEqual(["a begins", "a ends"]);
    for await (const value of mergeStreams([source("b", 9, log), source("c", 9, log)], { atOnce: 2, end })) if (value === "b1") break;
    expect(log.slice(2).sort()).toEqual(["b begins", "b ends", "c begins", "c ends"]);
  });
});

import { expect, test } from "vitest";
import { softmaxLast } from "@/server/engine/tensor/arithmetic";
import * as attention from "@/server/engine/tensor/attention";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { describeEachEngine, numericGradient, randomTensor, randomValues, valuesOf, worstDifference } from "./engines";
import * as reference from "./reference";

const CLOSE = 2e-6;

describeEachEngine("attention weights", () => {
  test("softmaxGrad is the gradient of the softmax", () => {
    const scores = randomValues(3 * 5, 52);
    const dp = randomValues(3 * 5, 53);
    const want = numericGradient((values) => reference.softmax(values, 5), scores, dp);
    const got = valuesOf(() => attention.softmaxGrad(softmaxLast(fromValues(scores, [3, 5])), fromValues(dp, [3, 5])));
    expect(worstDifference(got, want)).toBeLessThan(CLOSE);
  });
});

describeEachEngine("rotary", () => {
  const [batch, tokens, heads, dHead] = [2, 3, 5, 4];
  const x = randomValues(batch * tokens * heads * dHead, 61);
  const shape = [batch, tokens, heads, dHead];

  test.each([
    ["tokens", [4, 5, 6], [4, 5, 6, 4, 5, 6]],
    ["batch times tokens", [0, 1, 2, 7, 8, 9], [0, 1, 2, 7, 8, 9]],
  ])("rotates by tables of %s positions, and back", (_, given, positions) => {
    const turn = (values: ArrayLike<number>) => reference.rotary(values, positions, heads, dHead, 100);
    tidy(() => {
      const tables = attention.rotaryTables(Int32Array.from(given), dHead, 100);
      expect(worstDifference(readFloats(attention.rotary(fromValues(x, shape), tables, "forward")), turn(x))).toBeLessThan(CLOSE);
      const dy = randomValues(x.length, 62);
      const gradient = readFloats(attention.rotary(fromValues(dy, shape), tables, "backward"));
      expect(worstDifference(gradient, numericGradient(turn, x, dy))).toBeLessThan(CLOSE);
    });
  });

  test("a scale multiplies, given frequencies replace theta's", () => {
    tidy(() => {
      const positions = Int32Array.of(0, 1, 2);
      const plain = attention.rotary(fromValues(x, shape), attention.rotaryTables(positions, dHead, 100), "forward");
      const tables = attention.rotaryTables(positions, dHead, [1, 0.1], 0.5);
      const halved = attention.rotary(fromValues(x, shape), tables, "forward");
      expect(
        worstDifference(
          readFloats(halved),
          readFloats(plain).map((value) => value / 2),
        ),
      ).toBeLessThan(CLOSE);
      expect(() => attention.rotaryTables(positions, 5, 100)).toThrow("dHead 5 is odd");
      expect(() => attention.rotary(randomTensor([2, 7, 5, 4], 1), tables, "forward")).toThrow(RangeError);
    });
  });
});

describeEachEngine("the key-value cache", () => {
  const [heads, kvHeads, dHead] = [6, 3, 4];
  const width = kvHeads * dHead;

  test("attendStep attends to the prompt written before and to itself", () => {
    const k = randomValues(5 * width, 71);
    const v = randomValues(5 * width, 72);
    const q = randomValues(heads * dHead, 73);
    tidy(() => {
      const cache = attention.createKeyValueCache(7, kvHeads, dHead);
      const part = (values: Float32Array, from: number, to: number) =>
        fromValues(values.slice(from * width, to * width), [to - from, kvHeads, dHead]);
      attention.writeCache(cache, part(k, 0, 2), part(v, 0, 2), 0);
      attention.writeCache(cache, part(k, 2, 4), part(v, 2, 4), 2);
      const got = attention.attendStep(fromValues(q, [1, heads, dHead]), part(k, 4, 5), part(v, 4, 5), cache, 4);
      expect(got.shape).toEqual([1, heads * dHead]);
      expect(worstDifference(readFloats(got), reference.attend(q, k, v, heads, kvHeads, dHead))).toBeLessThan(CLOSE);
      attention.freeCache(cache);
    });
  });

  test("rows of one step each have their own cache and position", () => {
    const q = randomValues(2 * heads * dHead, 74);
    const k = randomValues(2 * width, 75);
    const old = randomValues(2 * width, 76);
    tidy(() => {
      const caches = [3, 7].map((maxTokens) => attention.createKeyValueCache(maxTokens, kvHeads, dHead));
      const [short, long] = caches as [attention.KeyValueCache, attention.KeyValueCache];
      attention.writeCache(long, fromValues(old, [2, kvHeads, dHead]), fromValues(old, [2, kvHeads, dHead]), 0);
      const fresh = fromValues(k, [2, kvHeads, dHead]);
      const got = readFloats(attention.attendStep(fromValues(q, [2, heads, dHead]), fresh, fresh, [short, long], [0, 2]));
      const first = k.slice(0, width);
      const second = Float32Array.from([...old, ...k.slice(width)]);
      const want = [
        ...reference.attend(q.subarray(0, heads * dHead), first, first, heads, kvHeads, dHead),
        ...reference.attend(q.subarray(heads * dHead), second, second, heads, kvHeads, dHead),
      ];
      expect(worstDifference(got, want)).toBeLessThan(CLOSE);
      caches.forEach(attention.freeCache);
    });
  });

  test.each([
    ["shorter than", 2],
    ["as long as", 3],
    ["longer than", 7],
  ])("a cache that slides holds the last 3 tokens of a prompt that is %s it, and of what follows", (_, promptLength) => {
    const all = 9;
    const k = randomValues(all * width, 80);
    const v = randomValues(all * width, 81);
    const q = randomValues(all * heads * dHead, 82);
    tidy(() => {
      const cache = attention.createKeyValueCache(3, kvHeads, dHead, "sliding");
      const part = (values: Float32Array, from: number, to: number) =>
        fromValues(values.slice(from * width, to * width), [to - from, kvHeads, dHead]);
      attention.writeCache(cache, part(k, 0, promptLength), part(v, 0, promptLength), 0);
      for (let at = promptLength; at < all; at++) {
        const own = q.slice(at * heads * dHead, (at + 1) * heads * dHead);
        const got = attention.attendStep(fromValues(own, [1, heads, dHead]), part(k, at, at + 1), part(v, at, at + 1), cache, at);
        const seen = (values: Float32Array) => values.slice(Math.max(0, at - 2) * width, (at + 1) * width);
        expect(worstDifference(readFloats(got), reference.attend(own, seen(k), seen(v), heads, kvHeads, dHead))).toBeLessThan(CLOSE);
      }
      attention.freeCache(cache);
    });
  });

  test("a long sequence of many heads agrees, where threads share the work", () => {
    const [tokens, wide] = [301, 16];
    const k = randomValues(tokens * kvHeads * wide, 77);
    const v = randomValues(tokens * kvHeads * wide, 78);
    const q = randomValues(heads * wide, 79);
    tidy(() => {
      const cache = attention.createKeyValueCache(512, kvHeads, wide);
      const part = (values: Float32Array, from: number, to: number) =>
        fromValues(values.slice(from * kvHeads * wide, to * kvHeads * wide), [to - from, kvHeads, wide]);
      attention.writeCache(cache, part(k, 0, 300), part(v, 0, 300), 0);
      const got = attention.attendStep(fromValues(q, [1, heads, wide]), part(k, 300, 301), part(v, 300, 301), cache, 300);
      expect(worstDifference(readFloats(got), reference.attend(q, k, v, heads, kvHeads, wide))).toBeLessThan(CLOSE);
      attention.freeCache(cache);
    });
  });

  test("writing past the end is refused", () => {
    tidy(() => {
      const cache = attention.createKeyValueCache(3, kvHeads, dHead);
      const tokens = randomTensor([2, kvHeads, dHead], 1);
      expect(() => attention.writeCache(cache, tokens, tokens, 2)).toThrow("tokens 2…3 reach past a cache of 3");
      const one = randomTensor([1, kvHeads, dHead], 1);
      expect(() => attention.attendStep(randomTensor([1, heads, dHead], 1), one, one, cache, 3)).toThrow("position 3 is not in 0…2");
      attention.freeCache(cache);
    });
  });
});

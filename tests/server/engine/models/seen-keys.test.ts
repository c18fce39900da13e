import { beforeAll, expect, it } from "vitest";
import { causalBounds, textBounds } from "@/server/engine/models/seen-keys";
import { startEngine } from "@/server/engine/tensor/backend";
import { EVENLY, type KeyBounds } from "@/server/engine/tensor/key-bounds";
import { tidy } from "@/server/engine/tensor/scope";

beforeAll(async () => {
  await startEngine();
});

const masked = (...rows: string[]) => ({
  rows: rows.length,
  tokens: rows[0]?.length ?? 0,
  attentionMask: Int32Array.from(rows.join(""), Number),
  ids: new Int32Array(rows.join("").length),
});

/** The intervals as `first–last`, `-` for nothing and `*` for all alike. */
function read(make: () => KeyBounds): { intervals: string; hidden: string | undefined; rows: number | undefined } {
  return tidy(() => {
    const { values, tensor, hidden } = make();
    const intervals = Array.from({ length: values.length / 2 }, (_, at) => {
      const [first, end] = values.subarray(2 * at, 2 * at + 2) as unknown as [number, number];
      if (first === EVENLY) return "*";
      return first < end ? `${first}–${end - 1}` : "-";
    });
    return { intervals: intervals.join(" "), hidden: hidden?.join(""), rows: tensor.shape[0] };
  });
}

const RULES = { window: undefined, blind: "nothing", padding: "masked" } as const;

it("lets a token see itself and those before it, the same in all rows without padding", () => {
  expect(read(() => causalBounds(masked("111", "111"), RULES))).toEqual({ intervals: "0–0 0–1 0–2", hidden: undefined, rows: 1 });
});

it("lets a token see those of its window", () => {
  expect(read(() => causalBounds(masked("1111"), { ...RULES, window: 2 })).intervals).toBe("0–0 0–1 1–2 2–3");
});

it("leaves out padding on either side", () => {
  expect(read(() => causalBounds(masked("1110", "0011"), RULES)).intervals).toBe("0–0 0–1 0–2 0–2 - - 2–2 2–3");
  expect(read(() => causalBounds(masked("0011"), { ...RULES, blind: "mean" })).intervals).toBe("* * 2–2 2–3");
});

it("counts padding in windows, as transformers does", () => {
  expect(read(() => causalBounds(masked("1100"), { ...RULES, window: 2 })).intervals).toBe("0–0 0–1 1–1 -");
});

it("does not compute padding after a row's tokens whose outputs nobody reads", () => {
  expect(read(() => causalBounds(masked("1100"), { ...RULES, padding: "unread" })).intervals).toBe("0–0 0–1 - -");
  expect(read(() => causalBounds(masked("0110", "1100"), { ...RULES, blind: "mean", padding: "unread" })).intervals).toBe(
    "* 1–1 1–2 1–2 0–0 0–1 0–1 0–1",
  );
});

it("names the padding that lies between a row's tokens", () => {
  const { intervals, hidden } = read(() => causalBounds(masked("1011", "1110"), RULES));
  expect(intervals).toBe("0–0 0–0 0–2 0–3 0–0 0–1 0–2 0–2");
  expect(hidden).toBe("01000000");
});

it("lets a token of an encoder see all real ones of its row", () => {
  expect(read(() => textBounds(masked("111"))).intervals).toBe("0–2 0–2 0–2");
  expect(read(() => textBounds(masked("110", "011"))).intervals).toBe("0–1 0–1 0–1 1–2 1–2 1–2");
});

it("keeps texts that share a row apart", () => {
  const packed = { ...masked("111110"), starts: Int32Array.of(0, 0, 2, 2, 2, 2) };
  expect(read(() => causalBounds(packed, RULES)).intervals).toBe("0–0 0–1 2–2 2–3 2–4 2–4");
  expect(read(() => causalBounds(packed, { ...RULES, window: 2, padding: "unread" })).intervals).toBe("0–0 0–1 2–2 2–3 3–4 -");
  expect(read(() => textBounds(packed)).intervals).toBe("0–1 0–1 2–4 2–4 2–4 2–4");
});

import { expect, test } from "vitest";
import { storable } from "@/server/db/storable";

test("texts that PostgreSQL cannot store are fixed at every depth, and nothing else changes", () => {
  const value = { a: ["x\0y", "😀", "\ud800", "\udc00z"], b: { c: "\\u0000", d: -1.5, e: null, f: true } };
  expect(storable(value)).toEqual({ a: ["x\ufffdy", "😀", "\ufffd", "\ufffdz"], b: { c: "\\u0000", d: -1.5, e: null, f: true } });
});

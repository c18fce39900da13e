import { expect, it } from "vitest";
import { afterEvent, type Reading } from "@/components/text/use-reading";
import { packed, reading } from "./readings";

const running: Reading = {
  status: "running",
  request: { text: "a b" },
  tokens: [],
  isTruncated: false,
  picture: null,
  answer: null,
  attributedTo: null,
  compared: null,
  dose: null,
  modules: 0,
  readings: [],
  labels: [],
  seconds: null,
  error: null,
};
const tokens = [
  { id: 5, text: "a", loss: null },
  { id: 7, text: " b", loss: 1.5 },
];
const module = reading("m", 1, { indices: [3, 11], activations: [1, 2] });

it("holds tokens first, then module after module, then the end", () => {
  const begun = afterEvent(running, { kind: "tokens", tokens, modules: 3, isTruncated: true });
  expect(begun).toMatchObject({ tokens, modules: 3, isTruncated: true, readings: [] });
  const one = afterEvent(begun, packed(module));
  expect(one.readings).toEqual([module]);
  expect(afterEvent(one, { kind: "end", seconds: 0.5 })).toMatchObject({ status: "done", seconds: 0.5, readings: [module] });
});

it("keeps what has arrived when the worker fails", () => {
  const one = afterEvent(afterEvent(running, { kind: "tokens", tokens, modules: 3, isTruncated: false }), packed(module));
  expect(afterEvent(one, { kind: "error", message: "out of memory" })).toMatchObject({
    status: "failed",
    error: "out of memory",
    readings: [module],
  });
});

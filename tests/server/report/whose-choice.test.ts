import { expect, it } from "vitest";
import { choiceOf } from "@/server/report/words/whose-choice";

const plain = new Set<string>();

it("gives the paper alpha = 1 of STAN alone, the sweep what it chose among, and names defaults as ours", () => {
  expect(choiceOf("adapter.alpha", "1", { method: "stan", swept: plain })).toBe("paper");
  expect(choiceOf("adapter.alpha", "1", { method: "lora", swept: plain })).toBe("set");
  expect(choiceOf("adapter.alpha", "2", { method: "stan", swept: plain })).toBe("set");
  expect(choiceOf("adapter.alpha", "1", { method: "stan", swept: new Set(["adapter.alpha"]) })).toBe("sweep");
  expect(choiceOf("training.epsilon", "1e-8", { method: "stan", swept: plain })).toBe("default");
  expect(choiceOf("training.epsilon", "1e-6", { method: "stan", swept: plain })).toBe("set");
});

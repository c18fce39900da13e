// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { PatternField } from "@/components/methods/fields/pattern-field";
import { nameEndExpression, nameEndTest } from "@/lib/contract/expression";
import { lora } from "@/lib/contract/methods/lora/method";
import type { ModulePattern } from "@/lib/contract/methods/module-pattern";
import { model } from "@/tests/components/new-run/small-model";

// As in a browser, which loads RE2 late.
vi.mock("#re2", () => import("@/lib/contract/re2-in-browser"));

afterEach(cleanup);

const broken = "(v_proj";
const layers = "layers.[01].*";

it("in a browser, expressions are checked once somebody types one, and plain names are matched without RE2", async () => {
  expect(nameEndExpression.safeParse(broken).success).toBe(true);
  expect(nameEndTest("v_proj")("layers.0.v_proj")).toBe(true);
  expect(nameEndTest("proj")("layers.0.v_proj")).toBe(false);
  expect(() => nameEndTest(layers)).toThrow(/has not been loaded/);
  const adapter = {
    method: "lora" as const,
    rank: 2,
    alpha: 4,
    rankPattern: { v_proj: 4 },
    alphaPattern: { [layers]: 1 },
    targets: { modules: ["v_proj"], layers: [0] },
  };
  expect(lora.count(adapter, model)).toEqual(lora.count({ ...adapter, rank: 4, rankPattern: {} }, model));

  render(<Field />);
  fireEvent.change(screen.getByLabelText(/Ranks/), { target: { value: `${broken}: 4` } });
  expect(await screen.findByText(/missing closing \)/)).toBeTruthy();
  expect(nameEndExpression.safeParse(broken).success).toBe(false);
  expect(nameEndTest(layers)("layers.1.v_proj")).toBe(true);
});

function Field() {
  const [pattern, setPattern] = useState<ModulePattern>({});
  return <PatternField label="Ranks" field="rankPattern" kind="size" pattern={pattern} onPattern={setPattern} />;
}

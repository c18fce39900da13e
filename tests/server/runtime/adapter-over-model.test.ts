import { expect, it } from "vitest";
import type { AttachedModule } from "@/server/engine/methods/attached-module";
import { frozenInputGrad } from "@/server/engine/methods/frozen-linear";
import type { Projection } from "@/server/engine/models/projection";
import { add } from "@/server/engine/tensor/arithmetic";
import { startEngine } from "@/server/engine/tensor/backend";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { tidy } from "@/server/engine/tensor/scope";
import { demandAdapter } from "@/server/runtime/models/loaded-top";
import { createRuntime } from "@/server/runtime/runtime";
import { largestDifference } from "@/tests/server/engine/tiny";

it("gives each base model an adapter of its own, whose weights it may read", async () => {
  await startEngine();
  const runtime = createRuntime(() => performance.now());
  const folder = "tests/golden/peft/llama-dora";
  const bases = await Promise.all(
    (["exact", "fast"] as const).map((precision) => runtime.textBase("tests/golden/models/llama-odd", precision, "background")),
  );
  const [exact, fast] = bases.map(({ value }) => value);
  if (exact === undefined || fast === undefined) throw new Error("no base model");
  const over = async (base: typeof exact) => demandAdapter((await runtime.top(folder, base, "background")).value, folder);
  const first = await over(exact);
  expect(await over(exact)).toBe(first);
  const second = await over(fast);
  expect(second).not.toBe(first);
  const [module = ""] = first.modules.map(({ module }) => module);
  const frozenOf = ({ model }: typeof exact) => model.projections.find((projection) => projection.module === module);
  for (const [adapter, own, other] of [
    [first, exact, fast],
    [second, fast, exact],
  ] as const) {
    const given = readThroughFrozen(adapter.at(module), frozenOf(own));
    expect(largestDifference(given.byAdapter, given.byWeight)).toBeLessThan(1e-6);
    expect(largestDifference(given.byAdapter, readThroughFrozen(adapter.at(module), frozenOf(other)).byWeight)).toBeGreaterThan(1e-4);
  }
});

/** The gradient that DoRA's rescaling gives the input for 1 in every output: by the adapter, and by a model's weight. */
function readThroughFrozen(attached: AttachedModule | undefined, frozen: Projection | undefined) {
  const rescaling = attached?.rescaling;
  if (rescaling === undefined || frozen === undefined) throw new Error("no DoRA module");
  const ones = new Float32Array(frozen.dOut).fill(1);
  return tidy(() => {
    const gradient = fromValues(ones, [1, frozen.dOut]);
    const base = frozen.bias === undefined ? gradient : add(gradient, frozen.bias);
    return {
      byAdapter: readFloats(rescaling.inputGradient(gradient)),
      byWeight: readFloats(frozenInputGrad(frozen, rescaling.of(base))),
    };
  });
}

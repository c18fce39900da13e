import { describe, expect, it } from "vitest";
import { isLatentEdit, isValueEdit, mayHangOnFiring, newEdit, operationsFor, withOperation } from "@/components/steering/edit-change";
import type { Edit } from "@/lib/contract/edit";

const latent = { module: "m", index: 2 };
const clamped: Edit = { operation: "clamp", latent, value: 3, isOn: false, scope: "prompt" };
const isolated: Edit = { operation: "isolate", module: "m", indices: [2, 3, 5], isOn: true, scope: "all" };
const off: Edit = { operation: "moduleOff", module: "m", isOn: true, scope: "all" };
const everyOperation = ["ablatePost", "ablatePre", "scale", "clamp", "minClamp", "add", "forceIn", "isolate", "moduleOff"];

describe("an edit that is given another operation", () => {
  it("keeps place, scope and switch, and drops a value that it has not", () => {
    expect(withOperation(clamped, "ablatePost", 7)).toEqual({ operation: "ablatePost", latent, isOn: false, scope: "prompt" });
    expect(withOperation(clamped, "scale", 7)).toEqual({ operation: "scale", latent, value: 2, isOn: false, scope: "prompt" });
    expect(withOperation(clamped, "clamp", 7)).toBe(clamped);
  });

  it("keeps an activation where both have one, and takes a usual one where it had none or a factor", () => {
    expect(withOperation(clamped, "minClamp", 7)).toMatchObject({ operation: "minClamp", value: 3 });
    expect(withOperation(newEdit(latent), "add", 7.1234)).toMatchObject({ operation: "add", value: 7.12 });
    expect(withOperation({ ...clamped, operation: "scale" }, "clamp", -7)).toMatchObject({ value: -7 });
  });

  it("keeps its conditions where the other has them", () => {
    const onlyIf = { latent: { module: "l", index: 3 }, above: 5 };
    const narrowed: Edit = { ...clamped, onlyIf, onlyIfFiring: true, skipsSpecialTokens: true };
    expect(withOperation(narrowed, "add", 7)).toMatchObject({ onlyIf, onlyIfFiring: true, skipsSpecialTokens: true });
    expect(withOperation(narrowed, "ablatePre", 7)).toEqual({
      operation: "ablatePre",
      latent,
      onlyIf,
      skipsSpecialTokens: true,
      isOn: false,
      scope: "prompt",
    });
    expect(withOperation(narrowed, "moduleOff", 7)).toEqual({
      operation: "moduleOff",
      module: "m",
      onlyIf,
      skipsSpecialTokens: true,
      isOn: false,
      scope: "prompt",
    });
  });

  it("goes from one latent to its module left with it alone, and back", () => {
    const alone = withOperation(clamped, "isolate", 7);
    expect(alone).toEqual({ operation: "isolate", module: "m", indices: [2], isOn: false, scope: "prompt" });
    expect(withOperation(alone, "ablatePost", 7)).toEqual({ operation: "ablatePost", latent, isOn: false, scope: "prompt" });
  });

  it("is refused where it would need a latent that it does not name", () => {
    expect(() => withOperation(off, "clamp", 7)).toThrow(RangeError);
    expect(() => withOperation({ operation: "adapterOff", isOn: true, scope: "all" }, "moduleOff", 7)).toThrow(RangeError);
  });
});

describe("what an edit can be turned into", () => {
  it("is everything that one latent takes", () => {
    expect(operationsFor(clamped, "stan")).toEqual(everyOperation);
    expect(operationsFor({ ...isolated, indices: [2] }, "stan")).toEqual(everyOperation);
  });

  it("needs no TopK of LoRA, which keeps all components", () => {
    expect(operationsFor(clamped, "lora")).toEqual(
      everyOperation.filter((operation) => operation !== "ablatePre" && operation !== "forceIn"),
    );
  });

  it("names no single latent where an edit has none or several", () => {
    expect(operationsFor(isolated, "stan")).toEqual(["isolate", "moduleOff"]);
    expect(operationsFor(off, "stan")).toEqual(["moduleOff"]);
    expect(operationsFor({ operation: "adapterOff", isOn: true, scope: "all" }, "lora")).toEqual(["adapterOff"]);
  });

  it("can always be made", () => {
    for (const edit of [clamped, isolated, off])
      for (const operation of operationsFor(edit, "stan")) expect(withOperation(edit, operation, 7).operation).toBe(operation);
  });
});

it("knows an edit of a latent, one with a value, and one that firing changes", () => {
  const masked = withOperation({ operation: "scale", latent, value: 2, isOn: true, scope: "all" }, "ablatePre", 7);
  expect(masked).toEqual({ operation: "ablatePre", latent, isOn: true, scope: "all" });
  expect([masked, isolated, off].map(isLatentEdit)).toEqual([true, false, false]);
  expect([clamped, masked, off].map(isValueEdit)).toEqual([true, false, false]);
  expect([clamped, masked, { ...clamped, operation: "scale" as const }, off].map(mayHangOnFiring)).toEqual([true, false, false, false]);
});

it("enters a latent as switched off after TopK", () => {
  expect(newEdit(latent)).toEqual({ operation: "ablatePost", latent, isOn: true, scope: "all" });
});

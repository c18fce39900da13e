import { beforeAll, describe, expect, it } from "vitest";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { free, liveTensors } from "@/server/engine/tensor/scope";
import { baseInParts, loadBaseModel } from "@/server/runtime/models/load-base-model";

const golden = (name: string) => `tests/golden/models/${name}`;

describe.each(["llama-odd", "gpt2-narrow"])("the loading of %s", (name) => {
  beforeAll(async () => {
    await startEngine();
    // Constants of the engine are made once and stay.
    loadBaseModel(golden(name), "exact").model.free();
  });

  it("comes in a part for each block at least, whatever others compute in between, and gives the same model", () => {
    const before = liveTensors();
    const other = loadBaseModel(golden(name), "exact").model;
    const states = () => {
      const { final } = other.forward({ ids: Int32Array.of(3, 1, 2), rows: 1, tokens: 3 });
      const values = readFloats(final);
      free(final);
      return values;
    };
    const expected = states();
    const loading = baseInParts(golden(name), "exact");
    let parts = 0;
    for (let step = loading.next(); ; step = loading.next()) {
      if (step.done === true) {
        const { model } = step.value;
        if (!("forward" in model)) throw new Error("expected a model of text");
        const { final } = model.forward({ ids: Int32Array.of(3, 1, 2), rows: 1, tokens: 3 });
        expect(readFloats(final)).toEqual(expected);
        free(final);
        step.value.model.free();
        break;
      }
      parts += 1;
      expect(states()).toEqual(expected);
    }
    expect(parts).toBeGreaterThanOrEqual(other.config.numLayers);
    other.free();
    expect(liveTensors()).toBe(before);
  });

  it("frees what it has read when it is left", () => {
    const before = liveTensors();
    const loading = baseInParts(golden(name), "exact");
    loading.next();
    expect(liveTensors()).toBeGreaterThan(before);
    loading.return(undefined as never);
    expect(liveTensors()).toBe(before);
  });
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeModel, hashModel } from "@/server/runtime/models/describe-model";
import { temporaryFolder } from "@/tests/support/temporary-folder";

describe("the description of a model", () => {
  test("of the demonstration's model has its size, its shape and its adaptable projections", () => {
    expect(describeModel("demo/model")).toEqual({
      architecture: "llama",
      format: "safetensors",
      path: "demo/model",
      parameters: 5_401_856,
      sizeBytes: expect.any(Number),
      numLayers: 6,
      dModel: 256,
      vocab: 4096,
      contextLength: 512,
      hasChatTemplate: false,
      projections: expect.arrayContaining([
        { name: "q_proj", dIn: 256, dOut: 256 },
        { name: "v_proj", dIn: 256, dOut: 128 },
        { name: "down_proj", dIn: 688, dOut: 256 },
      ]),
      defaultTargets: ["q_proj", "v_proj"],
    });
    expect(describeModel("demo/model").projections).toHaveLength(7);
  });

  test("names the folder and the key of a model that the engine cannot run", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "config.json"), '{"model_type":"mamba"}');
    expect(() => describeModel(folder)).toThrow(folder);
    expect(() => describeModel(join(folder, "missing"))).toThrow(/missing/);
  });
});

describe("the hash of a model", () => {
  test("changes with a byte of the weights, and with nothing beside them", async () => {
    const folder = temporaryFolder();
    const hash = () => hashModel(folder, () => {}, new AbortController().signal);
    writeFileSync(join(folder, "config.json"), "{}");
    writeFileSync(join(folder, "model.safetensors"), "abc");
    const first = await hash();
    writeFileSync(join(folder, "README.md"), "hello");
    expect(await hash()).toBe(first);
    writeFileSync(join(folder, "model.safetensors"), "abd");
    expect(await hash()).not.toBe(first);
  });
});

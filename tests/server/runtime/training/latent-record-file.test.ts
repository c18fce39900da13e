import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LatentRecord } from "@/server/engine/training/latent-record";
import { openSafetensors, writeSafetensors } from "@/server/files/weights/safetensors";
import { readLatentRecord, writeLatentRecord } from "@/server/runtime/training/latent-record-file";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const record: LatentRecord = {
  steps: 7,
  quietSteps: 3,
  windowEnds: Int32Array.of(4, 7),
  windowTokens: Float64Array.of(2 ** 31 + 2, 5),
  modules: new Map([
    [
      "layers.0.q_proj",
      {
        bornAtStep: Int32Array.of(1, -1, 2),
        diedAtStep: Int32Array.of(-1, -1, 3),
        density: Float32Array.of(0.5, 0, 0.25, 1, 0, 0),
      },
    ],
  ]),
};

test("a run's record of its latents is read as written, stored under the modules' names", () => {
  const folder = temporaryFolder();
  writeLatentRecord(folder, record);
  expect(readLatentRecord(folder)).toEqual(record);
  expect(readdirSync(folder)).toEqual(["latent-record.safetensors"]);
  const file = openSafetensors(join(folder, "latent-record.safetensors"));
  expect(file.shape("layers.0.q_proj.density")).toEqual([2, 3]);
  expect(file.dtype("layers.0.q_proj.bornAtStep")).toBe("I32");
  file.close();
});

test("a folder without a record has none", () => {
  expect(readLatentRecord(temporaryFolder())).toBeUndefined();
});

test("a record whose parts do not fit is refused by its tensor", () => {
  const folder = temporaryFolder();
  writeSafetensors(
    join(folder, "latent-record.safetensors"),
    {
      windowEnds: { shape: [2], data: Int32Array.of(4, 7) },
      windowTokens: { shape: [2], data: Float64Array.of(8, 5) },
      "q_proj.bornAtStep": { shape: [3], data: Int32Array.of(1, 1, 1) },
      "q_proj.diedAtStep": { shape: [2], data: Int32Array.of(1, 1) },
    },
    { steps: "7", quietSteps: "3" },
  );
  expect(() => readLatentRecord(folder)).toThrow(/latent-record\.safetensors: tensor "q_proj\.diedAtStep" has shape \[2\], expected \[3\]/);
});

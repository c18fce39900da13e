import { readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTrainingCheckpoint, writeTrainingCheckpoint } from "@/server/files/adapters/checkpoint-files";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { tinyCheckpoint } from "@/tests/support/tiny-checkpoint";

describe("a training checkpoint", () => {
  it("returns every number unchanged", () => {
    const path = join(temporaryFolder(), "checkpoint");
    const written = tinyCheckpoint(7);
    writeTrainingCheckpoint(path, written);
    const read = readTrainingCheckpoint(path);
    expect(read?.state).toEqual(written.state);
    expect(read?.optimizer).toEqual(written.optimizer);
    expect(read?.trained).toEqual({ savedTensors: new Map(), ...written.trained });
    expect(read?.folder).toBe(path);
  });

  it("keeps the one before it, and no more", () => {
    const folder = temporaryFolder();
    const path = join(folder, "checkpoint");
    for (const step of [1, 2, 3]) writeTrainingCheckpoint(path, tinyCheckpoint(step));
    expect(readTrainingCheckpoint(path)?.state.step).toBe(3);
    expect(readdirSync(folder).sort()).toEqual(["checkpoint", "checkpoint.previous"]);
  });

  it.each<[string, (path: string) => void]>([
    ["truncated moments", (path) => truncateSync(join(path, "optimizer.safetensors"), 100)],
    ["a truncated adapter", (path) => truncateSync(join(path, "adapter/adapter_model.safetensors"), 100)],
    ["an empty state", (path) => writeFileSync(join(path, "state.json"), "")],
    ["a state without a step", (path) => writeFileSync(join(path, "state.json"), '{"formatVersion":2,"state":{}}')],
    ["a state without a format", (path) => writeFileSync(join(path, "state.json"), '{"state":{"step":2}}')],
    ["a state of another format", (path) => writeFileSync(join(path, "state.json"), '{"formatVersion":1,"state":{"step":2}}')],
    ["a missing folder, as between the two renames", (path) => rmSync(path, { recursive: true })],
  ])("gives way to the one before it for %s", (_, damage) => {
    const path = join(temporaryFolder(), "checkpoint");
    writeTrainingCheckpoint(path, tinyCheckpoint(1));
    writeTrainingCheckpoint(path, tinyCheckpoint(2));
    damage(path);
    expect(readTrainingCheckpoint(path)).toMatchObject({ state: { step: 1 }, folder: `${path}.previous` });
  });

  it("says what is wrong when there is no other", () => {
    const path = join(temporaryFolder(), "checkpoint");
    writeTrainingCheckpoint(path, tinyCheckpoint(1));
    truncateSync(join(path, "optimizer.safetensors"), 100);
    expect(() => readTrainingCheckpoint(path)).toThrow(/optimizer.safetensors: /);
  });

  it("may not be there", () => {
    expect(readTrainingCheckpoint(join(temporaryFolder(), "checkpoint"))).toBeNull();
  });

  it("after the first damage is written anew without losing the one before", () => {
    const folder = temporaryFolder();
    const path = join(folder, "checkpoint");
    writeTrainingCheckpoint(path, tinyCheckpoint(1));
    renameSync(path, `${path}.previous`);
    writeTrainingCheckpoint(path, tinyCheckpoint(2));
    expect(readTrainingCheckpoint(path)?.state.step).toBe(2);
  });

  it("holds finite numbers only", () => {
    const folder = temporaryFolder();
    const checkpoint = { ...tinyCheckpoint(1), state: { step: 1, loss: Number.NaN } };
    expect(() => writeTrainingCheckpoint(join(folder, "checkpoint"), checkpoint)).toThrow('state "loss" is NaN');
    expect(readdirSync(folder)).toEqual([]);
  });
});

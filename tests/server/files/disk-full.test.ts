import * as fs from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readTrainingCheckpoint, writeTrainingCheckpoint } from "@/server/files/adapters/checkpoint-files";
import { writeTrained } from "@/server/files/adapters/trained-folder";
import { artefactStore } from "@/server/files/artefact-store";
import { FileError } from "@/server/files/file-error";
import { writeSafetensors } from "@/server/files/weights/safetensors";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { tinyCheckpoint } from "@/tests/support/tiny-checkpoint";

const disk = vi.hoisted(() => ({ freeBytes: Number.POSITIVE_INFINITY }));

/** A disk that takes so many bytes and no more. */
vi.mock("node:fs", async (importOriginal) => {
  const real = await importOriginal<typeof fs>();
  const writeSync = (descriptor: number, bytes: Uint8Array, offset: number, length: number): number => {
    const taken = Math.min(length, disk.freeBytes);
    if (taken <= 0) throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    disk.freeBytes -= taken;
    return real.writeSync(descriptor, bytes, offset, taken);
  };
  return { ...real, writeSync };
});

afterEach(() => {
  disk.freeBytes = Number.POSITIVE_INFINITY;
});

describe("a full disk", () => {
  it.each([0, 1, 60, 200])("after %i bytes leaves no half-written tensors, and the old ones as they were", (freeBytes) => {
    const folder = temporaryFolder();
    const path = join(folder, "a.safetensors");
    writeSafetensors(path, { a: { shape: [3], data: Float32Array.of(1, 2, 3) } });
    const before = fs.readFileSync(path);
    disk.freeBytes = freeBytes;
    expect(() => writeSafetensors(path, { a: { shape: [500], data: new Float32Array(500) } })).toThrow(
      `${path}: the disk is full; free some space`,
    );
    expect(fs.readFileSync(path)).toEqual(before);
    expect(fs.readdirSync(folder)).toEqual(["a.safetensors"]);
  });

  it("leaves no half-written adapter", () => {
    const folder = temporaryFolder();
    disk.freeBytes = 500;
    expect(() => writeTrained(join(folder, "adapter"), tinyCheckpoint(1).trained)).toThrow("the disk is full");
    expect(fs.readdirSync(folder)).toEqual([]);
  });

  it("keeps the last good checkpoint, wherever it strikes", () => {
    const folder = temporaryFolder();
    const path = join(folder, "checkpoint");
    writeTrainingCheckpoint(path, tinyCheckpoint(1));
    const size = artefactStore(folder).sizeBytes("checkpoint");
    for (let freeBytes = 0; freeBytes < size; freeBytes += 50) {
      disk.freeBytes = freeBytes;
      expect(() => writeTrainingCheckpoint(path, tinyCheckpoint(2))).toThrow(FileError);
      expect(readTrainingCheckpoint(path)?.state.step).toBe(1);
      expect(fs.readdirSync(folder)).toEqual(["checkpoint"]);
    }
  });

  it("is told by the store", () => {
    const store = artefactStore(temporaryFolder());
    disk.freeBytes = 2;
    expect(() => store.put("a/b", ["abc"])).toThrow("the disk is full");
    expect(fs.readdirSync(store.path("a"))).toEqual([]);
  });
});

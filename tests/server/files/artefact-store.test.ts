import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { artefactStore } from "@/server/files/artefact-store";
import { lastChange } from "@/server/files/last-change";
import { temporaryFolder } from "@/tests/support/temporary-folder";

describe("the artefact store", () => {
  it("keeps files and folders by key, and removes them", () => {
    const store = artefactStore(join(temporaryFolder(), "data"));
    store.put("runs/r1/log.txt", ["ab", Uint8Array.of(99)]);
    store.putFolder("runs/r1/adapter", (folder) => writeFileSync(join(folder, "a"), "1234"));
    expect(readFileSync(store.path("runs/r1/log.txt"), "utf8")).toBe("abc");
    expect(store.sizeBytes("runs/r1")).toBe(7);
    expect(store.has("runs/r1/adapter")).toBe(true);
    store.delete("runs/r1");
    store.delete("runs/r1");
    expect(store.has("runs/r1")).toBe(false);
    expect(store.sizeBytes("runs/r1")).toBe(0);
  });

  it.each(["", "..", "a/../b", "/etc/passwd", "a//b", "a/", ".hidden", "a\0b", "a\\b", "a b", "C:", "ä", `${"x".repeat(300)}`])(
    "refuses the key %j",
    (key) => {
      const store = artefactStore(temporaryFolder());
      expect(() => store.path(key)).toThrow("is not a key");
      expect(() => store.put(key, ["x"])).toThrow("is not a key");
      expect(readdirSync(store.root)).toEqual([]);
    },
  );

  it("refuses to put a folder over another, and leaves nothing of it", () => {
    const store = artefactStore(temporaryFolder());
    const fill = (folder: string): void => writeFileSync(join(folder, "a"), "1");
    store.putFolder("f", fill);
    expect(() => store.putFolder("f", fill)).toThrow("already exists");
    expect(readdirSync(store.root)).toEqual(["f"]);
  });

  it("keeps nothing of a folder whose filling fails", () => {
    const store = artefactStore(temporaryFolder());
    const fail = (folder: string): void => {
      writeFileSync(join(folder, "a"), "1");
      throw new Error("no more");
    };
    expect(() => store.putFolder("runs/f", fail)).toThrow("no more");
    expect(readdirSync(store.path("runs"))).toEqual([]);
  });

  it("takes a stream, and gives its size and hash", async () => {
    const store = artefactStore(temporaryFolder());
    const result = await store.putStream("uploads/a.txt", stream("he", "llo"), 5);
    expect(result).toEqual({ sizeBytes: 5, sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" });
    expect(readFileSync(store.path("uploads/a.txt"), "utf8")).toBe("hello");
  });

  it("refuses a stream that is too long or breaks off, and leaves nothing of it", async () => {
    const store = artefactStore(temporaryFolder());
    await expect(store.putStream("uploads/a.txt", stream("he", "llo"), 4)).rejects.toThrow("is larger than the limit of 4 bytes");
    await expect(store.putStream("uploads/a.txt", broken(), 100)).rejects.toThrow("gone");
    expect(readdirSync(store.path("uploads"))).toEqual([]);
  });

  it("removes what a killed process left, and only that", () => {
    const store = artefactStore(temporaryFolder());
    store.put("runs/a.txt", ["kept"]);
    const { pid: dead } = spawnSync(process.execPath, ["--version"]);
    mkdirSync(join(store.root, `runs/.adapter.${dead}.0123abcd.tmp`));
    writeFileSync(join(store.root, `.b.${dead}.0123abcd.tmp`), "");
    const underWay = `.c.${process.pid}.0123abcd.tmp`;
    writeFileSync(join(store.root, underWay), "");
    store.removeLeftovers();
    expect(readdirSync(store.root)).toEqual([underWay, "runs"]);
    expect(readdirSync(join(store.root, "runs"))).toEqual(["a.txt"]);
  });

  it("keeps a folder's modification time when it removes what a killed process left there, since sweeps depend on it", () => {
    const store = artefactStore(temporaryFolder());
    const { pid: dead } = spawnSync(process.execPath, ["--version"]);
    const folder = join(store.root, "data/abc");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `.rows.jsonl.${dead}.0123abcd.tmp`), "");
    const before = new Date("2026-01-01T00:00:00Z");
    utimesSync(folder, before, before);
    store.removeLeftovers();
    expect(readdirSync(folder)).toEqual([]);
    expect(lastChange(folder)).toBe(before.getTime());
  });

  it("is not made below a file", () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    expect(() => artefactStore(join(folder, "file/data"))).toThrow("a part of this path is a file");
    expect(existsSync(join(folder, "file/data"))).toBe(false);
  });
});

async function* stream(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("x");
  throw new Error("gone");
}

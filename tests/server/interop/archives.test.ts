import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { unpackTree } from "@/server/interop/archives/unpack-tree";
import { type ArchiveFile, writeTar, writeTarGz } from "@/server/interop/archives/write-tar";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const longName = `${"folder/".repeat(20)}file.json`;

async function* files(...names: string[]): AsyncGenerator<ArchiveFile> {
  for (const name of names) yield { name, bytes: Buffer.from(`in ${name}`) };
}

async function write(path: string, parts: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const part of parts) chunks.push(part);
  writeFileSync(path, Buffer.concat(chunks));
  return path;
}

describe("an archive", () => {
  it("is unpacked as it was written, names beyond a header's hundred bytes too", async () => {
    const folder = temporaryFolder();
    const archive = await write(join(folder, "a.tar.gz"), writeTarGz(files("a/b.txt", longName)));
    await unpackTree(archive, join(folder, "tree"), 1000);
    expect(readFileSync(join(folder, "tree/a/b.txt"), "utf8")).toBe("in a/b.txt");
    expect(readFileSync(join(folder, "tree", longName), "utf8")).toBe(`in ${longName}`);
  });

  it("is one that tar reads, and what tar writes is unpacked", async () => {
    const folder = temporaryFolder();
    const archive = await write(join(folder, "a.tar"), writeTar(files("a/b.txt", longName)));
    expect(execFileSync("tar", ["-tf", archive], { encoding: "utf8" }).trim().split("\n")).toEqual(["a/b.txt", longName]);
    execFileSync("tar", ["-xf", archive, "-C", folder]);
    execFileSync("tar", ["-czf", join(folder, "b.tgz"), "-C", folder, "a", "folder"]);
    await unpackTree(join(folder, "b.tgz"), join(folder, "tree"), 1000);
    expect(readFileSync(join(folder, "tree", longName), "utf8")).toBe(`in ${longName}`);
  });

  it.each(["../out.txt", "a/../../out.txt", "/tmp/out.txt", "a\\..\\out.txt"])(
    "with the name %s is refused, and nothing is written",
    async (name) => {
      const folder = temporaryFolder();
      const archive = await write(join(folder, "a.tar"), writeTar(files(name)));
      await expect(unpackTree(archive, join(folder, "tree"), 1000)).rejects.toThrow(/a\.tar: holds the name .* which leads elsewhere/);
      expect(existsSync(join(folder, "out.txt"))).toBe(false);
    },
  );

  it("with a link is refused", async () => {
    const folder = temporaryFolder();
    symlinkSync("/etc/passwd", join(folder, "link"));
    execFileSync("tar", ["-cf", join(folder, "a.tar"), "-C", folder, "link"]);
    await expect(unpackTree(join(folder, "a.tar"), join(folder, "tree"), 1000)).rejects.toThrow(/holds "link", a link or device/);
  });

  it("that is cut off, damaged, too large or none at all is refused, named", async () => {
    const folder = temporaryFolder();
    const archive = await write(join(folder, "a.tar.gz"), writeTarGz(files("a/b.txt", longName)));
    await expect(unpackTree(archive, join(folder, "small"), 10)).rejects.toThrow(/a\.tar\.gz: holds more than the 10 bytes/);
    truncateSync(archive, 60);
    await expect(unpackTree(archive, join(folder, "cut"), 1000)).rejects.toThrow(/a\.tar\.gz: is cut off/);
    writeFileSync(archive, "no gzip");
    await expect(unpackTree(archive, join(folder, "none"), 1000)).rejects.toThrow(/a\.tar\.gz: is damaged, or no gzip file/);
    writeFileSync(archive, gzipSync(Buffer.alloc(600, 7)));
    await expect(unpackTree(archive, join(folder, "bytes"), 1000)).rejects.toThrow(/a\.tar\.gz: is not a tar file/);
  });
});

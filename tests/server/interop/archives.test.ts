import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FileError } from "@/server/files/file-error";
import { readTar } from "@/server/interop/archives/read-tar";
import { unpackTree } from "@/server/interop/archives/unpack-tree";
import { type ArchiveFile, type PackedFile, writeTar, writeTarGz } from "@/server/interop/archives/write-tar";
import { writeZip } from "@/server/interop/archives/write-zip";
import { unpackModel } from "@/server/services/library/unpack-model";
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

/** The first bytes of what GNU tar makes of a file, in one of its forms. */
function startOfTar(format: "gnu" | "posix", folder: string, name: string, bytes: number): string {
  const archive = join(folder, `${format}.tar`);
  execFileSync("sh", ["-c", `tar --format=${format} -cf - -C "${folder}" "${name}" 2>/dev/null | head -c ${bytes} > "${archive}"`]);
  return archive;
}

/** Nine GiB of nothing, which take no room on the disk. */
function hugeFile(folder: string): string {
  writeFileSync(join(folder, "huge.bin"), "");
  truncateSync(join(folder, "huge.bin"), hugeBytes);
  return "huge.bin";
}
const hugeBytes = 9 * 2 ** 30;

describe("a file of 8 GiB or more", () => {
  it.each(["gnu", "posix"] as const)("is known by its size in the form %s", async (format) => {
    const folder = temporaryFolder();
    const archive = startOfTar(format, folder, hugeFile(folder), 1 << 20);
    const sizes: number[] = [];
    const reading = async () => {
      for await (const { sizeBytes, bytes } of readTar(archive, { isGzip: false })) {
        sizes.push(sizeBytes);
        for await (const _ of bytes);
      }
    };
    await expect(reading()).rejects.toThrow(/is truncated in the middle of a file/);
    expect(sizes).toEqual([hugeBytes]);
  });

  it("is written so that tar reads its size", async () => {
    const folder = temporaryFolder();
    const path = join(folder, hugeFile(folder));
    const start: Uint8Array[] = [];
    for await (const part of writeTar([{ name: "huge.bin", path }])) {
      start.push(part);
      if (start.length > 4) break;
    }
    const { stdout } = spawnSync("tar", ["-tvf", "-"], { input: Buffer.concat(start), encoding: "utf8" });
    expect(stdout).toContain(` ${hugeBytes} `);
  });
});

it("names of 300 bytes are read in the forms gnu and posix", async () => {
  const folder = temporaryFolder();
  const name = `${"n".repeat(150)}/${"m".repeat(149)}`;
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), "deep");
  for (const format of ["gnu", "posix"] as const) {
    await unpackTree(startOfTar(format, folder, name, 1 << 20), join(folder, format), 1000);
    expect(readFileSync(join(folder, format, name), "utf8")).toBe("deep");
  }
});

it("a zip of an adapter is one that others read, with its files on disk and in memory", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "weights"), Buffer.alloc(300_000, 7));
  const archive = join(folder, "a.zip");
  const files: PackedFile[] = [
    { name: "run/weights", path: join(folder, "weights") },
    { name: "run/README.md", bytes: Buffer.from("ü") },
  ];
  await write(archive, writeZip(files));
  const check =
    "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), [(i.filename, i.file_size) for i in z.infolist()])";
  expect(execFileSync("python3", ["-c", check, archive], { encoding: "utf8" }).trim()).toBe(
    "None [('run/weights', 300000), ('run/README.md', 2)]",
  );
});

it("an archive breaks off at a file that is gone", async () => {
  await expect(write(join(temporaryFolder(), "a.tar"), writeTar([{ name: "a", path: "/nowhere/a" }]))).rejects.toThrow(/ENOENT/);
});

describe("an archive", () => {
  it("is unpacked as written, including names longer than a header's hundred bytes", async () => {
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
      await expect(unpackTree(archive, join(folder, "tree"), 1000)).rejects.toThrow(
        /a\.tar: holds the name .* which points outside the archive/,
      );
      expect(existsSync(join(folder, "out.txt"))).toBe(false);
    },
  );

  it("with a link or device is refused by name", async () => {
    const folder = temporaryFolder();
    symlinkSync("/etc/passwd", join(folder, "link"));
    execFileSync("tar", ["-cf", join(folder, "a.tar"), "-C", folder, "link"]);
    await expect(unpackTree(join(folder, "a.tar"), join(folder, "tree"), 1000)).rejects.toThrow(/holds "link", a link or device/);
    await expect(unpackModel(join(folder, "a.tar"), join(folder, "model"))).rejects.toThrow(/holds "link", a link or device.*tar -chf/);
    execFileSync("sh", ["-c", `mkfifo "${join(folder, "pipe")}"`]);
    execFileSync("tar", ["-cf", join(folder, "b.tar"), "-C", folder, "pipe"]);
    await expect(unpackTree(join(folder, "b.tar"), join(folder, "tree"), 1000)).rejects.toThrow(/holds "pipe", a link or device/);
  });

  it("that is cut off, damaged, too large or none at all is refused, named", async () => {
    const folder = temporaryFolder();
    const archive = await write(join(folder, "a.tar.gz"), writeTarGz(files("a/b.txt", longName)));
    await expect(unpackTree(archive, join(folder, "small"), 10)).rejects.toThrow(/a\.tar\.gz: contains more than the limit of 10 bytes/);
    truncateSync(archive, 60);
    await expect(unpackTree(archive, join(folder, "cut"), 1000)).rejects.toThrow(/a\.tar\.gz: is truncated/);
    writeFileSync(archive, "no gzip");
    await expect(unpackTree(archive, join(folder, "none"), 1000)).rejects.toThrow(/a\.tar\.gz: is damaged, or not a gzip file/);
    writeFileSync(archive, gzipSync(Buffer.alloc(600, 7)));
    await expect(unpackTree(archive, join(folder, "bytes"), 1000)).rejects.toThrow(/a\.tar\.gz: is not a tar file/);
  });

  it("that ends or is damaged anywhere is refused by its name", async () => {
    const folder = temporaryFolder();
    const archive = await write(join(folder, "a.tar"), writeTar(files("a/b.txt", longName)));
    const whole = readFileSync(archive);
    const refusals: unknown[] = [];
    for (let at = 100; at < whole.length; at += 128) {
      for (const bytes of [whole.subarray(0, at), Buffer.concat([whole.subarray(0, at), Buffer.alloc(3, 1), whole.subarray(at)])]) {
        writeFileSync(archive, bytes);
        await unpackTree(archive, join(folder, `tree${refusals.length}`), 100_000).catch((error: unknown) => refusals.push(error));
      }
    }
    expect(refusals.length).toBeGreaterThan(20);
    expect(refusals.filter((error) => !(error instanceof FileError))).toEqual([]);
  });
});

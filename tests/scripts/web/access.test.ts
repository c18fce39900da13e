import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { demandedToken, isLoopback } from "@/scripts/web/access.mjs";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("isLoopback", () => {
  it("holds for addresses that this machine alone reaches", () => {
    expect(["127.0.0.1", "127.8.9.1", "::1", "0:0:0:0:0:0:0:1", "localhost"].filter((host) => !isLoopback(host))).toEqual([]);
    const others = ["0.0.0.0", "::", "192.168.1.7", "10.0.0.1", "128.0.0.1", "localhost.example", "example.com", "127.0.0.1.example", ""];
    expect(others.filter(isLoopback)).toEqual([]);
  });
});

describe("demandedToken", () => {
  it("demands none on a loopback address, unless one is chosen", () => {
    const dataFolder = temporaryFolder();
    expect(demandedToken({ host: "127.0.0.1", dataFolder })).toBeUndefined();
    expect(readdirSync(dataFolder)).toEqual([]);
    expect(demandedToken({ host: "127.0.0.1", dataFolder, chosen: "chosen-by-a-person" })).toBe("chosen-by-a-person");
  });

  it("makes one of 256 bits elsewhere, for its owner alone, and keeps it", () => {
    const dataFolder = temporaryFolder();
    const token = demandedToken({ host: "0.0.0.0", dataFolder });
    expect(token).toMatch(/^[\w-]{43}$/);
    const file = join(dataFolder, "token");
    expect(readFileSync(file, "utf8")).toBe(`${token}\n`);
    expect(modeOf(file)).toBe(0o600);
    chmodSync(file, 0o644);
    expect(demandedToken({ host: "192.168.1.7", dataFolder })).toBe(token);
    expect(modeOf(file)).toBe(0o600);
    expect(demandedToken({ host: "0.0.0.0", dataFolder: temporaryFolder() })).not.toBe(token);
  });

  it("never takes an empty or short token for one", () => {
    const dataFolder = temporaryFolder();
    writeFileSync(join(dataFolder, "token"), "");
    expect(() => demandedToken({ host: "0.0.0.0", dataFolder })).toThrow(/does not hold a token. Remove it/);
    for (const chosen of ["short", "with a space in its middle", "with;semicolon;and,comma", "line\nbreak-line-break"])
      expect(() => demandedToken({ host: "127.0.0.1", dataFolder, chosen })).toThrow(/STANSCOPE_TOKEN must have at least 16/);
  });
});

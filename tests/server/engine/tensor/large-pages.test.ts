import { existsSync } from "node:fs";
import { release } from "node:os";
import { expect, test } from "vitest";
import { fromValues, layInLargePages, readFloats, toBfloat16, toFloat32 } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { describeEachEngine, randomValues } from "./engines";

/** Linux can lay memory in large pages at once since 6.1, where it was built with them. */
const [major = 0, minor = 0] = release().split(".").map(Number);
const isSupported = existsSync("/sys/kernel/mm/transparent_hugepage") && (major > 6 || (major === 6 && minor >= 1));

describeEachEngine("large pages", (engine) => {
  test("keep a tensor's values, of whatever size and type", () => {
    const live = liveTensors();
    tidy(() => {
      const large = randomValues(1_700_003, 1);
      const [floats, halves] = [fromValues(large, [large.length]), toBfloat16(fromValues(large, [large.length]))];
      const before = readFloats(toFloat32(halves));
      const pages = [floats, halves, fromValues(Float32Array.of(7), [])].map(layInLargePages);
      expect(areSame(readFloats(floats), large)).toBe(true);
      expect(areSame(readFloats(toFloat32(halves)), before)).toBe(true);
      // 6.8 MB lie in at least three pages of 2 MiB; at the ends such a page may reach into memory that is not ours.
      if (engine === "own kernels" && isSupported) expect(pages[0]).toBeGreaterThanOrEqual(2);
      if (engine !== "own kernels") expect(pages).toEqual([0, 0, 0]);
    });
    expect(liveTensors()).toBe(live);
  });
});

/** Bit for bit; a comparison entry by entry of so many takes seconds. */
function areSame(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}

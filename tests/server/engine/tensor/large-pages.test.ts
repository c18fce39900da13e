import { existsSync } from "node:fs";
import { release } from "node:os";
import { expect, test } from "vitest";
import { fromValues, layInLargePages, readFloats, toBfloat16, toFloat32 } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { describeEachEngine, randomValues } from "./engines";

/** Linux can lay memory in large pages at once since 6.1, where it was built with them. */
const [major = 0, minor = 0] = release().split(".").map(Number);
const isSupported = existsSync("/sys/kernel/mm/transparent_hugepage") && (major > 6 || (major === 6 && minor >= 1));

/** Values of float32 in a page of 2 MiB. */
const PAGE_FLOATS = (2 << 20) / 4;

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
      if (engine !== "own kernels") expect(pages).toEqual([0, 0, 0]);
    });
    expect(liveTensors()).toBe(live);
  });

  // The kernel lays as many as it finds room for: where memory is in pieces, or busy, it refuses some pages of a tensor, seldom all of several.
  if (engine !== "own kernels" || !isSupported) return;
  test("are laid by this kernel", () => {
    const laid = tidy(() =>
      Array.from({ length: 8 }, () => layInLargePages(fromValues(new Float32Array(PAGE_FLOATS * 4), [PAGE_FLOATS * 4]))),
    );
    expect(Math.max(...laid)).toBeGreaterThanOrEqual(1);
    // Four pages' worth of values touches five at most.
    expect(Math.max(...laid)).toBeLessThanOrEqual(5);
  });
});

/** Bit for bit; a comparison entry by entry of so many takes seconds. */
function areSame(a: Float32Array, b: Float32Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}

import { beforeAll, expect, it } from "vitest";
import { FrozenMatrices } from "@/server/engine/methods/frozen-matrices";
import { startEngine } from "@/server/engine/tensor/backend";
import { readFloats } from "@/server/engine/tensor/create";
import { liveTensors } from "@/server/engine/tensor/scope";

beforeAll(() => startEngine());

it("matrices that are not trained are held once for each shape that is taken of them, from their first row and column", () => {
  const matrix = { shape: [3, 4] as const, data: Float32Array.from({ length: 12 }, (_, i) => i) };
  const frozen = new FrozenMatrices();
  const whole = frozen.of(matrix, 3, 4);
  expect(frozen.of({ ...matrix }, 3, 4)).toBe(whole);
  expect([...readFloats(whole.read())]).toEqual([...matrix.data]);
  expect([...readFloats(frozen.of(matrix, 2, 4).read())]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect([...readFloats(frozen.of(matrix, 2, 3).read())]).toEqual([0, 1, 2, 4, 5, 6]);
  expect(frozen.of({ ...matrix, data: matrix.data.slice() }, 3, 4)).not.toBe(whole);
  expect(frozen.heldBytes).toBe(4 * (12 + 8 + 6 + 12));
  frozen.free();
  expect(liveTensors()).toBe(0);
});

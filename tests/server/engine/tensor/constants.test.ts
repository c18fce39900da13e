import { expect, test } from "vitest";
import { Constants } from "@/server/engine/tensor/constants";
import { fromValues, readFloats } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import { describeEachEngine } from "./engines";

describeEachEngine("constants", () => {
  test("are made once while they are in use, and the least recently used is freed when there are too many", () => {
    const before = liveTensors();
    const constants = new Constants(2);
    const made: number[] = [];
    const get = (value: number) =>
      tidy(() =>
        constants.get(String(value), () => {
          made.push(value);
          return fromValues(Float32Array.of(value), [1]);
        }),
      );
    const [three, five] = [get(3), get(5)];
    expect(get(3)).toBe(three);
    get(7);
    expect([three.state, five.state]).toEqual(["constant", "freed"]);
    expect([...readFloats(get(3))]).toEqual([3]);
    expect([...readFloats(get(5))]).toEqual([5]);
    expect(made).toEqual([3, 5, 7, 5]);
    expect(() => readFloats(five)).toThrow();
    expect(liveTensors()).toBe(before);
  });
});

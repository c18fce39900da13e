import { beforeAll, expect, it } from "vitest";
import { Parameter } from "@/server/engine/methods/parameter";
import { startEngine } from "@/server/engine/tensor/backend";
import { readInts } from "@/server/engine/tensor/create";
import { liveTensors, tidy } from "@/server/engine/tensor/scope";
import type { Tensor } from "@/server/engine/tensor/tensor";
import { assign } from "@/server/engine/tensor/variables";
import { randomTensor, randomValues } from "@/tests/server/engine/tensor/engines";

const shape = [6, 32];

beforeAll(() => startEngine());

it("the screens of a parameter are made once, count in what it holds, and are made anew after an update", () => {
  const before = liveTensors();
  const parameter = new Parameter("module.E", randomValues(6 * 32, 1), shape);
  const bytes = parameter.heldBytes;
  const first = screenOf(parameter.read());
  expect(screenOf(parameter.read())).toBe(first);
  // Three floats a latent, and rows of 32 codes, of which three are empty.
  const screenBytes = 6 * 3 * 4 + (6 + 3) * 32;
  expect(parameter.heldBytes).toBe(bytes + screenBytes);
  expect(screenOf(parameter.readRounded())).not.toBe(first);
  expect(parameter.heldBytes).toBe(bytes + 2 * screenBytes + 2 * 6 * 32);

  const codes = [...readInts(first)];
  parameter.release();
  expect(first.state).toBe("freed");
  expect(parameter.heldBytes).toBe(bytes);
  tidy(() => assign(parameter.variable, randomTensor(shape, 2)));
  expect([...readInts(screenOf(parameter.read()))]).not.toEqual(codes);
  parameter.free();
  expect(liveTensors()).toBe(before);

  function screenOf(encoder: Tensor): Tensor {
    const screen = parameter.readScreen(encoder);
    if (screen === undefined) throw new Error("no kernel reads a screen");
    return screen;
  }
});

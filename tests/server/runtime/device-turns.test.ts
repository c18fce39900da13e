import { describe, expect, test } from "vitest";
import { DeviceTurns } from "@/server/runtime/device-turns";

/** A clock that work moves by hand. */
function turnsWithClock() {
  let now = 0;
  const turns = new DeviceTurns(() => now);
  const order: string[] = [];
  const work = (name: string, elapsedMs: number) => () => {
    order.push(name);
    now += elapsedMs;
  };
  return { turns, order, work };
}

describe("turns on the device", () => {
  test("run one at a time", async () => {
    const { turns } = turnsWithClock();
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
    };
    await Promise.all([turns.take("background", work), turns.take("interactive", work), turns.take("interactive", work)]);
    expect(most).toBe(1);
  });

  test("go to interactive work before a waiting training step", async () => {
    const { turns, order, work } = turnsWithClock();
    await Promise.all([
      turns.take("background", work("step 1", 1000)),
      turns.take("background", work("step 2", 1000)),
      turns.take("interactive", work("token", 30)),
    ]);
    expect(order).toEqual(["step 1", "token", "step 2"]);
  });

  test("give a training step its turn once a long generation has had as long as the last step took", async () => {
    const { turns, order, work } = turnsWithClock();
    const training = async () => {
      for (let step = 1; step <= 3; step++) await turns.take("background", work(`step ${step}`, 400));
    };
    const generation = async () => {
      for (let token = 1; token <= 10; token++) await turns.take("interactive", work(`token ${token}`, 100));
    };
    await Promise.all([training(), generation()]);
    const between = order.indexOf("step 3") - order.indexOf("step 2") - 1;
    expect(between).toBe(4);
    expect(order).toHaveLength(13);
  });

  test("pass on after work that throws", async () => {
    const { turns, order, work } = turnsWithClock();
    const failing = turns.take("background", () => {
      throw new Error("NaN");
    });
    const next = turns.take("background", work("next", 1));
    await expect(failing).rejects.toThrow("NaN");
    await next;
    expect(order).toEqual(["next"]);
  });
});

import { describe, expect, test } from "vitest";
import { backgroundShare, DeviceTurns, type TurnKind } from "@/server/runtime/device-turns";
import { OwnTurns } from "@/server/runtime/own-turns";

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

  /** Both kinds want the device without end; gives what each had of its time. */
  async function shareOfBackground(options: { trainings: number; partMs: number; streams: number; tokenMs: number }): Promise<number> {
    const { turns, work } = turnsWithClock();
    const had = { interactive: 0, background: 0 };
    const wants = async (kind: TurnKind, elapsedMs: number) => {
      while (had.interactive + had.background < 60_000) {
        await turns.take(kind, () => {
          had[kind] += elapsedMs;
          work(kind, elapsedMs)();
        });
      }
    };
    const { trainings, partMs, streams, tokenMs } = options;
    const all = [
      ...Array.from({ length: streams }, () => wants("interactive", tokenMs)),
      ...Array.from({ length: trainings }, () => wants("background", partMs)),
    ];
    await Promise.all(all);
    return had.background / (had.interactive + had.background);
  }

  test.each([
    { trainings: 1, partMs: 100, streams: 1, tokenMs: 30 },
    { trainings: 1, partMs: 100, streams: 8, tokenMs: 40 },
    { trainings: 1, partMs: 500, streams: 8, tokenMs: 40 },
    { trainings: 4, partMs: 150, streams: 64, tokenMs: 20 },
    { trainings: 1, partMs: 100, streams: 3, tokenMs: 3000 },
  ])("leave background work a quarter of the device's time, and interactive work the rest: %o", async (load) => {
    expect(await shareOfBackground(load)).toBeCloseTo(backgroundShare, 1);
  });

  test("let a token wait for no more than one background turn while the background has had its share", async () => {
    const { turns, order, work } = turnsWithClock();
    const training = async () => {
      for (let part = 1; part <= 6; part++) await turns.take("background", work("part", 100));
    };
    const generation = async () => {
      for (let token = 1; token <= 40; token++) await turns.take("interactive", work("token", 50));
    };
    await Promise.all([training(), generation()]);
    expect(order.join(" ")).not.toMatch(/token part part .*token/);
  });

  test("tell a piece of work how long it had the device, and how long others had it meanwhile", async () => {
    const { turns, work } = turnsWithClock();
    await turns.take("background", work("before", 1000));
    const own = new OwnTurns(turns);
    await Promise.all([
      own.take("background", work("own", 30)),
      turns.take("interactive", work("other", 500)),
      own.take("background", work("own", 11)),
    ]);
    expect([own.ownMs, own.othersMs]).toEqual([41, 500]);
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

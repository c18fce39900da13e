import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Client, UnansweredError } from "@/scripts/knock/client";
import { tableOf } from "@/scripts/knock/kills/campaign";
import { fileLeftovers } from "@/scripts/knock/kills/leftovers";
import { Piece } from "@/scripts/knock/kills/piece";
import { strikeOf } from "@/scripts/knock/kills/strikes";
import { differences } from "@/scripts/knock/kills/undisturbed";
import { doubled, endOf, type Place, type Work } from "@/scripts/knock/kills/work";
import { heavyWorks, lightWorks } from "@/scripts/knock/kills/works";
import { readOptions } from "@/scripts/knock/options";
import { Patience } from "@/scripts/knock/patience";
import { temporaryFolder } from "@/tests/support/temporary-folder";

const names = (works: readonly { name: string }[]) => works.map(({ name }) => name);
const strikes = (seed: number, count: number) =>
  Array.from({ length: count }, (_, number) => strikeOf(seed, number, names(heavyWorks), names(lightWorks)));

describe("the kills of a seed", () => {
  it("meet every kind of work and every part of the application within a hundred", () => {
    const hundred = strikes(1, 100);
    expect(new Set(hundred.flatMap(({ kinds }) => kinds))).toEqual(new Set(names([...heavyWorks, ...lightWorks])));
    expect(new Set(hundred.map(({ aim }) => aim)).size).toBe(heavyWorks.length + lightWorks.length);
    expect(new Set(hundred.map(({ target }) => target)).size).toBe(5);
  });

  it("are the same each time, whichever of them is struck, and others for another seed", () => {
    expect(strikeOf(1, 73, names(heavyWorks), names(lightWorks))).toEqual(strikes(1, 100)[73]);
    expect(strikes(2, 20)).not.toEqual(strikes(1, 20));
  });

  it("are counted by what died and what was under way", () => {
    const [first, second] = strikes(1, 2).map((one) => ({ ...one, target: "web" as const }));
    if (first === undefined || second === undefined) throw new Error("there are two");
    const kill = { atMs: 1, faults: [] };
    const table = tableOf([
      { ...kill, strike: first, met: ["study", "upload"] },
      { ...kill, strike: second, met: ["study"] },
    ]);
    expect(table).toMatch(/study +0 +2 +0 +0 +0\n/);
    expect(table).toMatch(/kills +0 +2 +0 +0 +0$/);
  });
});

describe("a piece of work whose answers are lost", () => {
  const place = { client: new Client(() => "http://127.0.0.1:1") } as Place;

  /** Starts something with each new key; of the first answers none arrives. */
  function unanswered(lost: number): { work: Work; started: Set<string> } {
    const started = new Set<string>();
    const work: Work = {
      name: "unanswered",
      async start(_, { key }) {
        started.add(key);
        if (lost-- > 0) throw new UnansweredError("no answer");
        return key;
      },
      find: async () => [...started],
      ended: async () => "finished",
      result: async () => "done",
      remove: async () => {},
    };
    return { work, started };
  }

  it("is requested with the same key until it is acknowledged, and the next piece has another key", async () => {
    const { work, started } = unanswered(2);
    expect(await new Piece(work, place, "one").run()).toMatchObject({ faults: [], result: "done" });
    expect(started.size).toBe(1);
    expect(await new Piece(work, place, "one").run()).toMatchObject({ faults: ["asked for once and there 2 times"] });
  });
});

describe("what a kill broke", () => {
  const [work] = lightWorks;
  const outcome = { faults: [], tookMs: 1, result: "a" };
  const undisturbed = new Map([[work?.name ?? "", { result: "a", tookMs: 1 }]]);

  it("is every fault of a piece, and a result that is another than undisturbed", () => {
    if (work === undefined) throw new Error("there is work");
    expect(differences([{ ...outcome, work }], undisturbed)).toEqual([]);
    expect(differences([{ ...outcome, work, result: "b" }], undisturbed)).toEqual(["effects: the result is b, undisturbed a"]);
    expect(differences([{ ...outcome, work, faults: ["lost"], result: undefined }], undisturbed)).toEqual(["effects: lost"]);
  });

  it("is what is there twice", () => {
    expect(doubled("step", [1, 2, 3])).toEqual([]);
    expect(doubled("step", [1, 2, 2, 3, 3, 3])).toEqual(["step twice: 2, 3"]);
  });

  it("is an end other than finishing, with its error", () => {
    expect([endOf({ status: "running", error: null }), endOf({ status: "finished", error: null })]).toEqual([undefined, "finished"]);
    expect(endOf({ status: "failed", error: "no room" })).toBe("failed: no room");
  });

  it("is what lies in the data folder and belongs to nothing, the database and the logs left out", () => {
    const home = temporaryFolder();
    for (const folder of ["postgres/base", "logs", "runs", "data/abc"]) mkdirSync(join(home, folder), { recursive: true });
    writeFileSync(join(home, "logs", "web.log"), "");
    expect(fileLeftovers(home)).toEqual(["data/abc belongs to nothing"]);
  });
});

describe("a campaign that is told to end", () => {
  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("by %s closes all that it opened, the last first", async (signal) => {
    const folder = temporaryFolder();
    const script = join(folder, "campaign.mts");
    writeFileSync(
      script,
      `import { existsSync } from "node:fs";
import { closing, inFolder } from ${JSON.stringify(resolve("scripts/knock/closing.ts"))};
const say = (text: string) => void process.stdout.write(text + "\\n");
const forever = () => new Promise(() => setInterval(() => {}, 1000));
await inFolder((folder) =>
  closing(
    () => say(existsSync(folder) ? "the inner one" : "too late"),
    () => (say(folder), forever()),
  ),
);`,
    );
    const child = spawn(process.execPath, ["--import", "tsx", script], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = new Promise((resolve) => child.once("close", resolve));
    let said = "";
    for await (const text of child.stdout.setEncoding("utf8")) {
      if (said === "") child.kill(signal);
      said += text;
    }
    expect(await ended).toBe(1);
    const [campaignFolder = "", ...closed] = said.trim().split("\n");
    expect(closed).toEqual(["the inner one"]);
    expect(campaignFolder).toContain("stanscope-knock-");
    expect(existsSync(campaignFolder)).toBe(false);
  });
});

describe("the patience of a campaign", () => {
  it("is counted in pauses, so that time in which the campaign itself stood still takes nothing of it", async () => {
    const patience = new Patience(200);
    const lasted = [];
    for (let pause = 0; pause < 3; pause++) {
      lasted.push(await patience.lasts());
      await sleep(150);
    }
    expect(lasted).toEqual([true, true, false]);
  });
});

describe("the options of a campaign", () => {
  const defaults = { count: 100, minutes: 10 };

  it("are its own where none are given", () => {
    expect(readOptions(defaults, [])).toEqual({ count: 100, minutes: 10, seed: 1, only: undefined });
    expect(readOptions(defaults, ["--count", "5", "--seed", "9", "--only", "7"])).toEqual({ count: 5, minutes: 10, seed: 9, only: "7" });
  });

  it("are refused by name where they are no number", () => {
    expect(() => readOptions(defaults, ["--seed", "x"])).toThrow('--seed takes a number, and got "x".');
  });
});

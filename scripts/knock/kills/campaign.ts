import { setTimeout as sleep } from "node:timers/promises";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { RunSummary } from "@/lib/contract/run";
import type { Application } from "@/scripts/knock/application";
import type { Ground } from "@/scripts/knock/ground";
import { Patience } from "@/scripts/knock/patience";
import { databaseLeftovers, fileLeftovers, makeOlder } from "./leftovers";
import { Piece } from "./piece";
import { type Strike, strikeOf, targets } from "./strikes";
import { differences, doUndisturbed, type Undisturbed } from "./undisturbed";
import type { Place, Work } from "./work";
import { heavyWorks, lightWorks } from "./works";
import { removeRun } from "./works/training";

export type Kill = { readonly strike: Strike; readonly atMs: number; readonly met: readonly string[]; readonly faults: readonly string[] };

export type CampaignOptions = {
  readonly seed: number;
  /** Numbers of the kills. */
  readonly numbers: readonly number[];
  readonly heavy?: readonly Work[];
  readonly light?: readonly Work[];
  readonly endsAt: number;
  say(line: string): void;
};

const allWorks = new Map([...heavyWorks, ...lightWorks].map((work) => [work.name, work]));
/** A busy machine starts and sweeps slowly. */
const restPatienceMs = 60_000;

/** Does kinds of work undisturbed, twice, then again and again while parts of the application are killed, and compares. */
export async function strike({ application, place }: Ground, options: CampaignOptions): Promise<Kill[]> {
  const { seed, heavy = heavyWorks, light = lightWorks } = options;
  const strikes = options.numbers.map((number) => strikeOf(seed, number, names(heavy), names(light)));
  const kinds = [...new Set(strikes.flatMap((one) => one.kinds))].map((name) => workNamed(name));
  const undisturbed = await doUndisturbed(kinds, place, options.say);
  const kills: Kill[] = [];
  for (const one of strikes) {
    if (Date.now() > options.endsAt) break;
    const kill = await killOnce(one, { application, place, undisturbed });
    kills.push(kill);
    options.say(describe(kill));
  }
  return kills;
}

type Surroundings = { readonly application: Application; readonly place: Place; readonly undisturbed: Undisturbed };

async function killOnce(one: Strike, { application, place, undisturbed }: Surroundings): Promise<Kill> {
  const faults: string[] = [];
  const port = application.url;
  const pieces = one.kinds.map((kind) => new Piece(workNamed(kind), place, `${kind} ${one.number}`));
  const running = pieces.map((piece) => piece.run());
  const atMs = one.moment * (undisturbed.get(one.aim)?.tookMs ?? 0);
  await sleep(atMs);
  const met = pieces.filter(({ isOver }) => !isOver).map(({ work }) => work.name);
  const before = application.pids("database").length > 0;
  if (application.kill(one.target) === 0 || !before) faults.push(`there was no ${one.target} to kill`);
  if (one.target === "start" || one.target === "all") {
    await application.ended();
    await application.start();
    if (application.url !== port) faults.push(`started again on ${application.url}, and not on ${port}`);
  }
  faults.push(...differences(await Promise.all(running), undisturbed));
  return { strike: one, atMs, met, faults };
}

/** Removes all that was made, lets a last start sweep, and looks at what is left: nothing may be. */
export async function putAway({ application, place }: Ground): Promise<string[]> {
  const { runs } = await place.client.get<{ runs: RunSummary[] }>("/api/runs");
  for (const { id } of runs) await removeRun(place, id);
  const { dataSets } = await place.client.get<{ dataSets: DataSetSummary[] }>("/api/data");
  for (const { id } of dataSets) await place.client.remove(`/api/data/${id}`);
  await application.stop();
  const processes = await application.leftovers(restPatienceMs);
  await makeOlder(application.home);
  await application.start();
  const patience = new Patience(restPatienceMs);
  while (fileLeftovers(application.home).length > 0 && (await patience.lasts()));
  await application.stop();
  return [
    ...processes.map((text) => `${text} lives on after the end`),
    ...(await application.leftovers(restPatienceMs)).map((text) => `${text} lives on after the end`),
    ...fileLeftovers(application.home),
    ...(await databaseLeftovers(application.home)),
  ];
}

export function describe({ strike: { number, target }, atMs, met, faults }: Kill): string {
  const verdict = faults.length === 0 ? "held" : `BROKE: ${faults.join("; ")}`;
  return `  ${String(number).padStart(4)}  ${target.padEnd(8)} after ${(atMs / 1000).toFixed(2).padStart(6)} s of ${met.join(", ") || "nothing"}: ${verdict}`;
}

/** Kills by what died and what was under way. */
export function tableOf(kills: readonly Kill[]): string {
  const kinds = [...allWorks.keys()].filter((name) => kills.some(({ met }) => met.includes(name)));
  const cell = (target: string, kind: string) => kills.filter(({ strike: one, met }) => one.target === target && met.includes(kind)).length;
  const head = ["".padEnd(18), ...targets.map((target) => target.padStart(9))].join("");
  const lines = kinds.map((kind) => [kind.padEnd(18), ...targets.map((target) => String(cell(target, kind)).padStart(9))].join(""));
  const sums = [
    "kills".padEnd(18),
    ...targets.map((target) => String(kills.filter(({ strike: one }) => one.target === target).length).padStart(9)),
  ];
  return [head, ...lines, sums.join("")].join("\n");
}

function names(works: readonly Work[]): string[] {
  return works.map(({ name }) => name);
}

function workNamed(name: string): Work {
  const work = allWorks.get(name);
  if (work === undefined) throw new Error(`there is no work "${name}"`);
  return work;
}

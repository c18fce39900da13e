import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { DataSetSummary } from "@/lib/contract/data-set";
import { Application } from "@/scripts/knock/application";
import { serveHub } from "@/tests/support/hub-server";
import { databaseLeftovers, fileLeftovers } from "./leftovers";
import { Piece } from "./piece";
import { type Strike, strikeOf, targets } from "./strikes";
import { hubFiles, makePlace } from "./subject";
import type { Place, Work } from "./work";
import { heavyWorks, lightWorks } from "./works";
import { removeRun } from "./works/training";
import { hubModel } from "./works/transfers";

export type Kill = { readonly strike: Strike; readonly atMs: number; readonly met: readonly string[]; readonly faults: readonly string[] };
export type KillReport = { readonly kills: readonly Kill[]; readonly leftovers: readonly string[] };

export type CampaignOptions = {
  readonly seed: number;
  /** Numbers of the kills. */
  readonly numbers: readonly number[];
  readonly port: number;
  readonly endsAt: number;
  say(line: string): void;
};

const allWorks = new Map([...heavyWorks, ...lightWorks].map((work) => [work.name, work]));
const restPatienceMs = 15_000;

/**
 * Does every kind of work undisturbed, twice, then again and again while parts of the application are killed, and compares. At the end all that was
 * made is removed, and nothing may be left.
 */
export async function strike(options: CampaignOptions): Promise<KillReport> {
  const files = mkdtempSync(join(tmpdir(), "stanscope-knock-files-"));
  const hub = await serveHub(hubModel, "0".repeat(40), hubFiles());
  hub.delayMs = 150;
  const application = new Application({ port: options.port, environment: { HF_ENDPOINT: hub.url } });
  try {
    await application.start();
    const place = await makePlace(application, files);
    const strikes = options.numbers.map((number) => strikeOf(options.seed, number, names(heavyWorks), names(lightWorks)));
    const kinds = [...new Set(strikes.flatMap((one) => one.kinds))].map((name) => workNamed(name));
    const undisturbed = await doUndisturbed(kinds, place, options);
    const kills: Kill[] = [];
    for (const one of strikes) {
      if (Date.now() > options.endsAt) break;
      const kill = await killOnce(one, { application, place, undisturbed });
      kills.push(kill);
      options.say(describe(kill));
    }
    return { kills, leftovers: await putAway(application, place) };
  } finally {
    await application.remove();
    hub.close();
    rmSync(files, { recursive: true, force: true });
  }
}

type Undisturbed = ReadonlyMap<string, { readonly result: string; readonly tookMs: number }>;

/** Twice, since a result that is not the same each time can tell nothing. @throws Error when a kind fails, or differs, with nothing killed */
async function doUndisturbed(works: readonly Work[], place: Place, { say }: CampaignOptions): Promise<Undisturbed> {
  const done = new Map<string, { result: string; tookMs: number }>();
  for (const work of works) {
    const [first, second] = [
      await new Piece(work, place, `${work.name} first`).run(),
      await new Piece(work, place, `${work.name} again`).run(),
    ];
    const faults = [...first.faults, ...second.faults];
    if (first.result !== second.result) faults.push(`the result is ${first.result} and then ${second.result}`);
    if (faults.length > 0 || first.result === undefined) throw new Error(`${work.name}, with nothing killed: ${faults.join("; ")}`);
    done.set(work.name, { result: first.result, tookMs: second.tookMs });
    say(`  ${work.name.padEnd(18)} ${(second.tookMs / 1000).toFixed(1)} s undisturbed`);
  }
  return done;
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
  for (const { work, faults: found, result } of await Promise.all(running)) {
    faults.push(...found.map((text) => `${work.name}: ${text}`));
    const wanted = undisturbed.get(work.name)?.result;
    if (result !== undefined && result !== wanted) faults.push(`${work.name}: the result is ${result}, undisturbed ${wanted}`);
  }
  return { strike: one, atMs, met, faults };
}

/** Removes all, lets a last start sweep, and looks at what is left. */
async function putAway(application: Application, place: Place): Promise<string[]> {
  await removeRun(place, place.run);
  const { dataSets } = await place.client.get<{ dataSets: DataSetSummary[] }>("/api/data");
  for (const { id } of dataSets) await place.client.patiently(() => place.client.send("DELETE", `/api/data/${id}`));
  await application.stop();
  const processes = await application.leftovers(restPatienceMs);
  await application.start();
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

import { type Outcome, Piece } from "./piece";
import type { Place, Work } from "./work";

/** What each kind of work gives when nothing is disturbed, by its name. */
export type Undisturbed = ReadonlyMap<string, { readonly result: string; readonly tookMs: number }>;

/** Does each twice, since a result that is not the same each time can tell nothing. @throws Error when a kind fails, or differs */
export async function doUndisturbed(works: readonly Work[], place: Place, say: (line: string) => void): Promise<Undisturbed> {
  const done = new Map<string, { result: string; tookMs: number }>();
  for (const work of works) {
    const first = await new Piece(work, place, `${work.name} first`).run();
    const second = await new Piece(work, place, `${work.name} again`).run();
    const faults = [...first.faults, ...second.faults];
    if (first.result !== second.result) faults.push(`the result is ${first.result} and then ${second.result}`);
    if (faults.length > 0 || first.result === undefined) throw new Error(`${work.name}, undisturbed: ${faults.join("; ")}`);
    // The first loads a model; either may wait for other programs.
    const tookMs = Math.min(first.tookMs, second.tookMs);
    done.set(work.name, { result: first.result, tookMs });
    say(`  ${work.name.padEnd(18)} ${(tookMs / 1000).toFixed(1)} s undisturbed`);
  }
  return done;
}

/** What went wrong with disturbed pieces, and where their results are others, as sentences. */
export function differences(outcomes: readonly Outcome[], undisturbed: Undisturbed): string[] {
  return outcomes.flatMap(({ work, faults, result }) => {
    const wanted = undisturbed.get(work.name)?.result;
    const differs = result === undefined || result === wanted ? [] : [`the result is ${result}, undisturbed ${wanted}`];
    return [...faults, ...differs].map((text) => `${work.name}: ${text}`);
  });
}

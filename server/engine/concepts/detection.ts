import type { Concept } from "@/lib/contract/concept";
import { type Ranking, rankingOf } from "@/lib/numbers/metrics/ranking";
import { type RankingInterval, rankingInterval } from "@/lib/numbers/statistics/ranking-interval";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { halvesOf } from "./concept-halves";
import { type ConceptScores, conceptScores } from "./concept-scores";
import type { RowMaxima } from "./row-activations";

/** A latent, or one end of a component that is active at every position. It scores a row by its highest activation there (with sign −1, by the negative one). */
export type Detector = { readonly module: string; readonly latent: number; readonly sign: 1 | -1 };

/** How well a detector ranks all rows of a concept. */
export type Detection = Detector & {
  readonly ranking: Ranking;
  /** Against the hard negatives alone; null where there are none. */
  readonly hard: Ranking | null;
  /** Positives and negatives in which it is active. */
  readonly active: { readonly positives: number; readonly negatives: number };
};

/** The detector that ranks one half of the rows best, and how well it ranks the other half. */
export type ChosenDetector = Detector & {
  readonly selection: Ranking;
  readonly report: Ranking;
  readonly interval: RankingInterval;
};

export type ConceptDetection = {
  readonly concept: Concept;
  /** By AUROC over all rows, then average precision, highest first. Which are first was decided on these rows, so their numbers are too high. */
  readonly top: readonly Detection[];
  /** Of each module where a detector is active in a positive, in the pass's order; the best one of the adapter is the best of these by `selection`. */
  readonly modules: readonly ChosenDetector[];
};

export type DetectionOptions = {
  /** Detectors in `top`. */
  readonly top: number;
  /** Of the halves and of the intervals. */
  readonly seed: number;
};

/** What a pass found, with the place of each row by its number. */
export type MaximaOfPass = { readonly maxima: ReadonlyMap<string, RowMaxima>; readonly placeOf: ReadonlyMap<number, number> };

/**
 * Scores every latent of every module as a detector of a concept. Yields after each module.
 *
 * @throws RangeError where a half has no positives or no negatives, or for a row that was not read
 */
export function* detectConcept(
  { maxima, placeOf }: MaximaOfPass,
  concept: Concept,
  { top, seed }: DetectionOptions,
): InParts<ConceptDetection> {
  const halves = halvesOf(concept, seed);
  const scoresOf = (rows: Concept) => conceptScores(rows, placeOf);
  const [all, selection, report] = [scoresOf(concept), scoresOf(halves.selection), scoresOf(halves.report)];
  const best = new BestDetections(top);
  const modules: ChosenDetector[] = [];
  for (const [module, ofModule] of maxima) {
    let chosen: { detector: number; ranking: Ranking } | undefined;
    for (let detector = 0; detector < ofModule.starts.length - 1; detector++) {
      const active = all.read(ofModule, detector);
      if (active.positives === 0) continue;
      const found = { ...nameOf(module, ofModule, detector), ranking: rankingOfScores(all), active };
      if (best.admits(found)) best.add({ ...found, hard: hardRanking(all) });
      selection.read(ofModule, detector);
      const ranking = rankingOfScores(selection);
      if (chosen === undefined || compareRankings(ranking, chosen.ranking) > 0) chosen = { detector, ranking };
    }
    if (chosen !== undefined) {
      report.read(ofModule, chosen.detector);
      modules.push({
        ...nameOf(module, ofModule, chosen.detector),
        selection: chosen.ranking,
        interval: rankingInterval(report.positives, report.negatives, { seed }),
        report: rankingOfScores(report),
      });
    }
    yield;
  }
  return { concept, top: best.sorted(), modules };
}

/** The adapter's best detector: the module's whose selection ranks highest. */
export function bestOfModules(modules: readonly ChosenDetector[]): ChosenDetector | undefined {
  return modules.reduce<ChosenDetector | undefined>(
    (best, one) => (best === undefined || compareRankings(one.selection, best.selection) > 0 ? one : best),
    undefined,
  );
}

function nameOf(module: string, { starts, isSigned }: RowMaxima, detector: number): Detector {
  const numLatents = (starts.length - 1) / (isSigned ? 2 : 1);
  return detector < numLatents ? { module, latent: detector, sign: 1 } : { module, latent: detector - numLatents, sign: -1 };
}

function rankingOfScores({ positives, negatives }: ConceptScores): Ranking {
  return rankingOf(positives.slice(), negatives.slice());
}

function hardRanking({ positives, hardNegatives }: ConceptScores): Ranking | null {
  return hardNegatives.length === 0 ? null : rankingOf(positives.slice(), hardNegatives.slice());
}

function compareRankings(a: Ranking, b: Ranking): number {
  return a.auroc - b.auroc || a.averagePrecision - b.averagePrecision;
}

/** The best detections so far; the earlier of equal ones. */
class BestDetections {
  readonly #most: number;
  readonly #found: Detection[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  admits({ ranking }: Pick<Detection, "ranking">): boolean {
    const last = this.#found.at(-1);
    return this.#found.length < this.#most || (last !== undefined && compareRankings(ranking, last.ranking) > 0);
  }

  add(detection: Detection): void {
    let place = this.#found.length;
    while (place > 0 && compareRankings(detection.ranking, (this.#found[place - 1] as Detection).ranking) > 0) place--;
    this.#found.splice(place, 0, detection);
    if (this.#found.length > this.#most) this.#found.pop();
  }

  sorted(): readonly Detection[] {
    return this.#found;
  }
}

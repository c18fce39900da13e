import type { LatentRef } from "@/lib/contract/edit";
import { type AblatedLatents, type ForgettingResult, forgettingMidpoints, mostProposed, rowsOfForgetting } from "@/lib/contract/forgetting";
import { adapterHooks } from "@/server/engine/adapters/arms";
import { integratedAttribution } from "@/server/engine/effects/integrated-attribution";
import { meanLoss } from "@/server/engine/evaluation/compare-losses";
import type { Progress } from "@/server/engine/evaluation/progress";
import { type EvaluationRow, type RowLoss, rowLosses } from "@/server/engine/evaluation/row-losses";
import { batchRows, labelTokensOf } from "@/server/engine/models/row-batches";
import { ablations, type BothLosses, isTradeBetter, mostHarmful, tradeOf, worthAblating } from "./forgetting-trade";
import { rowHalves } from "./row-halves";
import { byPiece, type StudyContext, type Work } from "./study-context";
import { track } from "./track";

export type ForgettingStudy = {
  /** Text that the run did not learn. */
  readonly general: readonly EvaluationRow[];
  /** The run's own held-out rows. */
  readonly own: readonly EvaluationRow[];
  readonly isHeldOut: boolean;
  /** Latents that are measured by groups: those that are estimated to cost most on general text. */
  readonly candidates: number;
  readonly groupSize: number;
  /** Share of the gain that the proposed set must leave on the rows that choose it. */
  readonly keptGain: number;
  readonly seed: number;
};

/** Most tokens of a pass, padding counted: what two cores read in about a second. */
const PASS_TOKENS = 512;

type BothRows = { readonly general: readonly EvaluationRow[]; readonly own: readonly EvaluationRow[] };

/**
 * Finds latents that cost loss on general text: estimated by integrated gradients, measured by groups, then singly where a group does harm. Proposes the
 * set of them that takes most of that loss away and keeps the gain, chosen on one half of the rows and measured on the other. Yields after each pass.
 *
 * @throws RangeError with fewer than four labelled rows of either text, or when a loss is not a finite number
 */
export function* studyForgetting(
  context: StudyContext,
  { general, own, isHeldOut, candidates, groupSize, keptGain, seed }: ForgettingStudy,
): Generator<Progress<ForgettingResult | null> | undefined, ForgettingResult, void> {
  const halves = { general: halvesOf(general, "general text", seed), own: halvesOf(own, "the run's text", seed) };
  const search = { general: halves.general.first, own: halves.own.first };
  const report = { general: halves.general.second, own: halves.own.second };
  const [generalRows, heldOutRows] = [search.general.length + report.general.length, search.own.length + report.own.length];
  const total = rowsOfForgetting({ generalRows, heldOutRows, candidates, groupSize });
  let result: ForgettingResult | null = null;

  function* read(rows: BothRows, latents: readonly LatentRef[] | "base"): Work<BothLosses> {
    const hooks = latents === "base" ? undefined : adapterHooks(context.adapter, { edits: ablations(latents) });
    const ofGeneral = yield* byPiece(rowLosses(context.model, rows.general, hooks, PASS_TOKENS));
    return { general: ofGeneral, own: yield* byPiece(rowLosses(context.model, rows.own, hooks, PASS_TOKENS)) };
  }

  function* work(): Work<ForgettingResult | null> {
    const searched = { base: yield* read(search, "base"), adapter: yield* read(search, []) };
    const reported = { base: yield* read(report, "base"), adapter: yield* read(report, []) };
    const changeOf = (latents: readonly LatentRef[], losses: BothLosses): AblatedLatents => ({
      latents: [...latents],
      general: meanLoss(losses.general) - meanLoss(searched.adapter.general),
      own: meanLoss(losses.own) - meanLoss(searched.adapter.own),
    });
    result = {
      ...{ kind: "forgetting", isHeldOut, groups: [], latents: [], proposed: [], expected: null, measured: null },
      general: lossesOf(reported.base.general, reported.adapter.general),
      own: lossesOf(reported.base.own, reported.adapter.own),
    };
    const batches = batchRows(search.general, PASS_TOKENS).map(({ batch }) => batch);
    const taken = yield* byPiece(integratedAttribution(context.model, context.adapter, batches, forgettingMidpoints));
    for (const group of grouped(mostHarmful(taken, candidates), groupSize)) {
      result = { ...result, groups: [...result.groups, changeOf(group, yield* read(search, group))] };
    }
    const harmful = result.groups.filter((group) => group.general < 0).flatMap(({ latents }) => latents);
    for (const latent of harmful) {
      const latents: AblatedLatents[] = [...result.latents, changeOf([latent], yield* read(search, [latent]))];
      result = { ...result, latents: latents.sort((a, b) => a.general - b.general) };
    }
    const ordered = worthAblating(result.latents, searched).slice(0, mostProposed);
    let best = { losses: searched.adapter, latents: [] as readonly LatentRef[] };
    for (let count = 1; count <= ordered.length; count = count === ordered.length ? count + 1 : Math.min(2 * count, ordered.length)) {
      const latents = ordered.slice(0, count);
      const losses = yield* read(search, latents);
      if (isTradeBetter(searched, best.losses, losses, keptGain)) best = { losses, latents };
    }
    if (best.latents.length === 0) return result;
    const after = yield* read(report, best.latents);
    result = { ...result, proposed: [...best.latents], expected: tradeOf(searched, best.losses), measured: tradeOf(reported, after) };
    return result;
  }
  const end = yield* track(work(), total, () => result);
  if (end === null) throw new Error("the study ended without a result");
  return end;
}

function halvesOf(rows: readonly EvaluationRow[], name: string, seed: number) {
  const labelled = rows.filter((row) => labelTokensOf(row) > 0);
  if (labelled.length < 4)
    throw new RangeError(`${labelled.length} of ${rows.length} rows of ${name} have a label token, but at least 4 are needed`);
  return rowHalves(labelled, seed);
}

function lossesOf(base: readonly RowLoss[], adapter: readonly RowLoss[]): ForgettingResult["general"] {
  const labelTokens = base.reduce((sum, row) => sum + row.labelTokens, 0);
  return { rows: base.length, labelTokens, base: meanLoss(base), adapter: meanLoss(adapter) };
}

function grouped(latents: readonly LatentRef[], size: number): LatentRef[][] {
  return Array.from({ length: Math.ceil(latents.length / size) }, (_, at) => latents.slice(at * size, (at + 1) * size));
}

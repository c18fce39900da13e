import { forgettingCells, forgettingColumns } from "@/lib/contract/forgetting";
import { gainCells, gainColumns } from "@/lib/contract/gain-kept";
import type { BulkResult, DosePoint, DoseResult, Estimate, EvaluationResult, SettingEffect, StudyDetail } from "@/lib/contract/study";
import type { CsvValue } from "@/lib/numbers/csv-field";
import type { ServiceContext } from "@/server/services/context";
import { csvLine } from "@/server/services/csv";
import { ServiceError } from "@/server/services/errors";
import { getStudy } from "./studies";

/**
 * All numbers of a study as CSV: of a dose a row for each value of the latent and of each control, besides the unchanged adapter and the base model; of
 * a bulk a row a latent; of an evaluation a row of text each; of the gain kept a row for each number of latents of each order; of forgetting a row for each latent of each group, and for each that was measured singly. Log-probabilities, losses and divergences in nats; `…HalfWidth` of 95 % intervals.
 *
 * @throws ServiceError `conflict` when it has no result yet
 */
export async function studyTable(context: ServiceContext, studyId: string): Promise<AsyncGenerator<string>> {
  const study = await getStudy(context, studyId);
  if (study.result === null) throw new ServiceError("conflict", "The study has no result yet: wait for its first setting.");
  return linesOf(study, study.result);
}

async function* linesOf({ request }: StudyDetail, result: NonNullable<StudyDetail["result"]>): AsyncGenerator<string> {
  switch (result.kind) {
    case "dose":
      if (request.kind === "dose") yield* doseLines(request, result);
      return;
    case "bulk":
      if (request.kind === "bulk") yield* bulkLines(request, result);
      return;
    case "evaluation":
      yield* evaluationLines(result);
      return;
    case "gain":
      yield* [gainColumns, ...gainCells(result)].map(csvLine);
      return;
    case "forgetting":
      yield* [forgettingColumns, ...forgettingCells(result)].map(csvLine);
  }
}

function* doseLines(
  { latent, operation }: Extract<StudyDetail["request"], { kind: "dose" }>,
  { targets, adapter, base, points, controls }: DoseResult,
): Generator<string> {
  const losses = ["loss", ...["lossChange", "distinct2", "distinct2Change"].flatMap((name) => estimateColumns(name))];
  yield csvLine(["arm", "module", "index", "operation", "value", "factor", ...effectColumns(targets), ...losses]);
  const row = (about: readonly CsvValue[], { loss, distinct2, distinct2Change, ...effect }: Omit<DosePoint, "value">) =>
    csvLine([
      ...about,
      ...effectValues(effect),
      loss?.mean ?? null,
      ...(loss === null ? [null, null, null] : estimateValues(loss.change)),
      ...estimateValues(distinct2),
      ...(distinct2Change === null ? [null, null, null] : estimateValues(distinct2Change)),
    ]);
  if (base !== null) yield row(["base", null, null, null, null, null], base);
  if (adapter !== null) yield row(["adapter", null, null, null, null, null], adapter);
  for (const point of points) yield row(["latent", latent.module, latent.index, operation, point.value, 1], point);
  for (const { index, factor, points: own } of controls)
    for (const point of own) yield row(["control", latent.module, index, operation, point.value, factor], point);
}

function* bulkLines(
  { operation }: Extract<StudyDetail["request"], { kind: "bulk" }>,
  { targets, rows, adapter }: BulkResult,
): Generator<string> {
  yield csvLine(["arm", "module", "index", "operation", "value", "firings", ...effectColumns(targets)]);
  if (adapter !== null) yield csvLine(["adapter", null, null, null, null, null, ...effectValues(adapter)]);
  for (const { latent, value, firings, ...effect } of rows)
    yield csvLine(["latent", latent.module, latent.index, operation, value, firings, ...effectValues(effect)]);
}

function* evaluationLines({ rows }: EvaluationResult): Generator<string> {
  const arms = ["base", "adapter", "edited"] as const;
  const ofArm = arms.flatMap((arm) => [`${arm}Loss`, `${arm}Correct`, `${arm}IsExact`]);
  yield csvLine(["row", "domain", "text", "labelTokens", ...ofArm, "gained", "lost"]);
  for (const row of rows) {
    const readings = arms.flatMap((arm) => [row[arm].loss, row[arm].correct, row[arm].isExact]);
    yield csvLine([row.row, row.domain, row.text, row.labelTokens, ...readings, row.gained, row.lost]);
  }
}

function effectColumns(targets: readonly string[]): string[] {
  const ofTargets = ["logProbability", "logProbabilityChange"].flatMap((name) =>
    targets.flatMap((target) => estimateColumns(name, ` ${target}`)),
  );
  return [...["klToAdapter", "klToBase", "changedTokens"].flatMap((name) => estimateColumns(name)), ...ofTargets];
}

function effectValues({ klToAdapter, klToBase, changedTokens, targets, targetChanges }: SettingEffect): CsvValue[] {
  const changes = targets.flatMap((_, at) => (targetChanges[at] === undefined ? [null, null, null] : estimateValues(targetChanges[at])));
  return [...[klToAdapter, klToBase, changedTokens, ...targets].flatMap(estimateValues), ...changes];
}

function estimateColumns(name: string, of = ""): string[] {
  return ["", "HalfWidth", "Count"].map((ending) => `${name}${ending}${of}`);
}

function estimateValues({ mean, halfWidth, count }: Estimate): CsvValue[] {
  return [mean, halfWidth, count];
}

import type { RunConfig } from "@/lib/contract/run-config";
import { denoising } from "@/lib/contract/tasks/denoising/denoising";
import { meanOf, pairedInterval } from "@/lib/numbers/intervals";
import { adapterHooks } from "@/server/engine/adapters/arms";
import type { ProjectionHooks } from "@/server/engine/models/projection-hook";
import { type DrawLoss, denoisingLosses } from "@/server/engine/tasks/denoising/denoising-losses";
import { wholly } from "@/server/engine/tensor/in-parts";
import { demandDiffusion } from "@/server/runtime/models/load-base-model";
import { demandSchedule } from "@/server/runtime/models/load-diffusion-base";
import { type CleanDataRow, cleanRows } from "@/server/runtime/rows/clean-rows";
import { numbersOfAll, openData, type RowSource, takeSpread } from "@/server/runtime/rows/row-source";
import { evaluatedImages } from "@/server/runtime/tasks/denoising/evaluated-images";
import type { Evaluated } from "./task-evaluation";

/** Noisy images of a pass. */
const passRows = 16;

/** Losses by time step are given over as many equal parts of all time steps; our choice. */
const parts = 4;

/**
 * The squared error of base model and adapter, and under edits where some are given, over the same noise and time steps: of all images, of each, and by
 * time step; differences have the 95 % interval of a bootstrap over images.
 */
export async function evaluateDenoising({ model, data, edits, maxTokens, maxRows, signal }: Evaluated): Promise<object> {
  const base = demandDiffusion(model.base);
  const schedule = demandSchedule(base);
  const rows = takeSpread(await readAll(cleanRows(base), data, { maxTokens, signal }), maxRows);
  const draws = denoising.initial.evaluationDraws;
  const images = evaluatedImages(rows, draws, schedule.numTimesteps);
  const losses = (hooks: ProjectionHooks | undefined) => wholly(denoisingLosses(base.model, images, schedule, hooks, passRows));
  const { trained } = model;
  const adapter = losses(trained && adapterHooks(trained));
  const arms = {
    base: losses(undefined),
    adapter,
    ...(edits === undefined || trained === undefined ? {} : { edited: losses(adapterHooks(trained, { edits: edits.list })) }),
  };
  return {
    images: rows.length,
    draws: adapter[0]?.length ?? draws,
    loss: overArms(arms, (all) => meanOf(all.map(lossOf))),
    adapterMinusBase: differenceOf(arms.adapter, arms.base),
    ...(arms.edited === undefined ? {} : { editedMinusAdapter: differenceOf(arms.edited, arms.adapter) }),
    byTimestep: byTimestep(arms, schedule.numTimesteps),
    byClass: byClass(arms, rows),
    rows: rows.map(({ row, label, classNumber }, at) => ({
      row,
      label: label ?? classNumber,
      ...overArms(arms, (all) => lossOf(all[at] ?? [])),
    })),
  };
}

type Arms = { readonly base: DrawLoss[][]; readonly adapter: DrawLoss[][]; readonly edited?: DrawLoss[][] };

function overArms<Result>(arms: Arms, of: (all: DrawLoss[][]) => Result): Record<string, Result> {
  return Object.fromEntries(Object.entries(arms).map(([name, all]) => [name, of(all)]));
}

function byTimestep(arms: Arms, numTimesteps: number) {
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [(part / parts) * numTimesteps, ((part + 1) / parts) * numTimesteps];
    const within = (all: DrawLoss[][]) => all.flat().filter(({ timestep }) => timestep >= from && timestep < to);
    return {
      from: Math.ceil(from),
      to: Math.ceil(to) - 1,
      draws: within(arms.base).length,
      ...overArms(arms, (all) => meanLoss(within(all))),
    };
  });
}

function byClass(arms: Arms, rows: readonly CleanDataRow[]) {
  const labels = [...new Set(rows.map(({ label, classNumber }) => label ?? String(classNumber)))].sort();
  return labels.map((name) => {
    const isOwn = (at: number) => (rows[at]?.label ?? String(rows[at]?.classNumber)) === name;
    const own = (all: DrawLoss[][]) => all.filter((_, at) => isOwn(at));
    return { label: name, images: own(arms.base).length, ...overArms(arms, (all) => meanLoss(own(all).flat())) };
  });
}

function differenceOf(one: DrawLoss[][], other: DrawLoss[][]) {
  const differences = one.map((draws, at) => lossOf(draws) - lossOf(other[at] ?? []));
  const interval = pairedInterval(differences);
  return { mean: meanOf(differences), interval: interval === undefined ? null : [interval.low, interval.high] };
}

function lossOf(draws: readonly DrawLoss[]): number {
  return meanOf(draws.map(({ loss }) => loss));
}

/** Null where there is none. */
function meanLoss(draws: readonly DrawLoss[]): number | null {
  return draws.length === 0 ? null : lossOf(draws);
}

async function readAll(
  source: RowSource<CleanDataRow>,
  data: RunConfig["data"],
  options: { readonly maxTokens: number; readonly signal: AbortSignal },
): Promise<CleanDataRow[]> {
  if (data.kind === "tokenRows") return source.tokenised(data.path);
  const dataSet = await openData(data);
  return source.texts(dataSet, await numbersOfAll(dataSet, data.mapping), { data, ...options });
}

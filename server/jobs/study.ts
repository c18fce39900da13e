import type { ForgettingRequest } from "@/lib/contract/forgetting";
import type { GainRequest } from "@/lib/contract/gain-kept";
import type { BulkRequest, DoseRequest, EvaluationRequest, StudyResult } from "@/lib/contract/study";
import { formatPlural } from "@/lib/numbers/format";
import { retryWhileDown } from "@/server/db/retry-while-down";
import { readStudy, storeStudyResult } from "@/server/db/steering/studies";
import { storable } from "@/server/db/storable";
import { evaluateEdits } from "@/server/engine/evaluation/evaluate-edits";
import { strongestFiring } from "@/server/engine/studies/strongest-firing";
import { studyBulk } from "@/server/engine/studies/study-bulk";
import type { StudyContext } from "@/server/engine/studies/study-context";
import { studyDose } from "@/server/engine/studies/study-dose";
import { studyForgetting } from "@/server/engine/studies/study-forgetting";
import { studyGain } from "@/server/engine/studies/study-gain";
import { idsOnlyTokenizer } from "@/server/runtime/models/ids-only-tokenizer";
import { takeTurns } from "@/server/runtime/take-turns";
import type { JobAtWork } from "./job-at-work";
import { type OpenRun, openRun } from "./open-run";
import { studyControls } from "./study-controls";
import { chosenLatents, withValues } from "./study-latents";
import { generalTexts, labelledText, studyPrompts, studyRows, studyTargets } from "./study-texts";

/** A result is written down at most so often while it grows. */
const storeEveryMs = 1000;

/** A study that is at work. */
type Studying = { readonly job: JobAtWork; readonly open: OpenRun; readonly studyId: string; readonly engine: StudyContext };

/** How far a generator of the engine is: rows of text that it has read, over all settings. */
type Step<Result> = { readonly done: number; readonly total: number; readonly result: Result };

/**
 * Measures what edits of a run's latents do, and writes the result down as it grows. A study that is repeated after its worker died starts over.
 *
 * @throws Error saying what is missing
 */
export async function study(job: JobAtWork, studyId: string): Promise<void> {
  const { context, report } = job;
  const found = await retryWhileDown(() => readStudy(context.store.db, studyId));
  if (found === undefined) throw new Error("the study was removed");
  // Results of an earlier attempt are removed once this one reports its start.
  await store(job, studyId, null);
  report({ message: "Loading the adapter", unit: "rows", done: 0 });
  const open = await openRun(context, found.runId);
  try {
    const studying = { job, open, studyId, engine: engineOf(open) };
    const { request } = found;
    switch (request.kind) {
      case "dose":
        return await dose(studying, request);
      case "bulk":
        return await bulk(studying, request);
      case "evaluation":
        return await evaluation(studying, request);
      case "gain":
        return await gain(studying, request);
      case "forgetting":
        return await forgetting(studying, request);
    }
  } finally {
    open.close();
  }
}

async function dose(studying: Studying, request: DoseRequest): Promise<void> {
  const { job, open, engine } = studying;
  const { context, signal, report } = job;
  report({ message: "Reading prompts" });
  const prompts = await studyPrompts(context, open, request.prompts, signal);
  const targets = studyTargets(open, request.targets);
  const heldOut = request.heldOutRows === 0 ? null : await studyRows(context, open, request.heldOutRows, signal);
  const controls = await studyControls(context, open, request);
  const rows = heldOut === null ? "" : `, ${heldOut.rows.length} ${heldOut.kind}`;
  const what = `${formatPlural(request.values.length, "value")}, ${formatPlural(controls.length, "control")}, ${formatPlural(prompts.length, "prompt")}${rows}`;
  await work(studying, what, studyDose(engine, { request, prompts, targets, heldOut, controls }));
}

async function bulk(studying: Studying, request: BulkRequest): Promise<void> {
  const { job, open, engine } = studying;
  const { context, signal, report } = job;
  report({ message: "Reading prompts" });
  const prompts = await studyPrompts(context, open, request.prompts, signal);
  const targets = studyTargets(open, request.targets);
  const { latents } = request;
  const isByFiring = !Array.isArray(latents) && latents.by === "firing";
  if (isByFiring) report({ message: "Finding what fires" });
  const chosen = isByFiring
    ? await turns(studying, strongestFiring(engine, { prompts, count: latents.count }))
    : await chosenLatents(context, open, request);
  const valued = await withValues(context, open, request, chosen);
  const without = chosen.length === valued.length ? "" : `; ${chosen.length - valued.length} never fired in the collection`;
  const what = `${formatPlural(valued.length, "latent")} on ${formatPlural(prompts.length, "prompt")}${without}`;
  await work(studying, what, studyBulk(engine, { request, prompts, targets, latents: valued }));
}

async function evaluation(studying: Studying, { edits, heldOutRows }: EvaluationRequest): Promise<void> {
  const { job, open, engine } = studying;
  job.report({ message: "Reading rows" });
  const text = await studyRows(job.context, open, heldOutRows, job.signal);
  if (text.rows.length === 0) throw new Error("the run has no held-out rows, and no finished collection to take rows from");
  const rows = text.rows.map((row) => ({ ...row, text: labelledText(open, row) }));
  const what = `Base, adapter and edits on ${text.rows.length} ${text.kind}`;
  await work(studying, what, evaluateEdits(engine, { edits, rows, isHeldOut: text.isHeldOut }));
}

async function gain(studying: Studying, { heldOutRows, randomOrders, seed }: GainRequest): Promise<void> {
  const { job, open, engine } = studying;
  job.report({ message: "Reading rows" });
  const { rows, isHeldOut, kind } = await studyRows(job.context, open, heldOutRows, job.signal);
  if (rows.length < 4)
    throw new Error(`the gain takes at least 4 rows to order latents and to measure, but the run has ${formatPlural(rows.length, "row")}`);
  const what = `Gain kept by the first latents alone on ${rows.length} ${kind}`;
  await work(studying, what, studyGain(engine, { rows, isHeldOut, randomOrders, seed }));
}

async function forgetting(studying: Studying, request: ForgettingRequest): Promise<void> {
  const { job, open, engine } = studying;
  const { dataSetId, generalRows, heldOutRows, ...options } = request;
  job.report({ message: "Reading rows" });
  const general = await generalTexts(job.context, open, { dataSetId, count: generalRows, signal: job.signal });
  const { rows, isHeldOut, kind } = await studyRows(job.context, open, heldOutRows, job.signal);
  const what = `Forgetting on ${general.length} rows of general text and ${rows.length} ${kind}`;
  await work(studying, what, studyForgetting(engine, { ...options, general, own: rows, isHeldOut }));
}

/** Takes the study's turns, shows how far it is, and writes down what is there of the result. @param what for a person */
async function work(
  studying: Studying,
  what: string,
  generator: Generator<Step<StudyResult | null> | undefined, StudyResult, void>,
): Promise<void> {
  const { job, studyId } = studying;
  job.report({ message: what });
  let storedAt = Number.NEGATIVE_INFINITY;
  let rows = 0;
  const result = await turns(studying, generator, async ({ done, total, result }) => {
    rows = total;
    job.report({ done, total });
    const now = job.context.now();
    if (result === null || now - storedAt < storeEveryMs) return;
    await store(job, studyId, result);
    storedAt = now;
  });
  await store(job, studyId, result);
  job.report({ message: what, done: rows, total: rows });
}

function turns<Progress, Result>(
  { job }: Studying,
  generator: Generator<Progress | undefined, Result, void>,
  onProgress?: (progress: Progress) => void | Promise<void>,
): Promise<Result> {
  return takeTurns(generator, { turns: job.context.runtime.turns, kind: "background", signal: job.signal }, onProgress);
}

async function store({ context, confirm }: JobAtWork, studyId: string, result: StudyResult | null): Promise<void> {
  await confirm();
  const isThere = await retryWhileDown(() => storeStudyResult(context.store.db, studyId, result && storable(result)));
  if (!isThere) throw new Error("the study was removed");
}

function engineOf({ base, adapter }: OpenRun): StudyContext {
  const tokenizer = base.tokenizer ?? idsOnlyTokenizer(base.model.config.vocab);
  return {
    model: base.model,
    adapter,
    isSpecial: tokenizer.isSpecial,
    decode: (ids) => tokenizer.decode(ids, { skipSpecialTokens: true, looseBytes: "named" }),
    endIds: tokenizer.eosIds,
  };
}

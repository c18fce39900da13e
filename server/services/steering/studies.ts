import type { z } from "zod";
import { rowsOfForgetting } from "@/lib/contract/forgetting";
import { rowsOfGain } from "@/lib/contract/gain-kept";
import { wholeLatentKey } from "@/lib/contract/latent-key";
import type { StudyDetail, StudyRequest, StudySummary, startStudyRequest } from "@/lib/contract/study";
import { latentsOfStudy, studyCost } from "@/lib/contract/study-cost";
import { newId } from "@/server/db/new-id";
import { readRun } from "@/server/db/runs/runs";
import { deleteStudy, insertStudy, listStudies as readStudies, readStudy } from "@/server/db/steering/studies";
import type { ServiceContext } from "@/server/services/context";
import { found } from "@/server/services/errors";
import { cancelUnfinishedJob } from "@/server/services/work/cancel-job";
import { startJob } from "@/server/services/work/start-job";
import type { AdapterShape } from "./adapter-shape";
import { checkStudy } from "./check-study";
import { finishedAdapter } from "./finished-adapter";

/** Queues a study of a run's edits; what is there of its result shows while it runs. */
export async function startStudy(
  context: ServiceContext,
  runId: string,
  { name, study }: z.output<typeof startStudyRequest>,
): Promise<StudySummary> {
  const { db } = context.store;
  const { run, shape } = await finishedAdapter(context, runId);
  await checkStudy(context, runId, shape, study);
  const id = newId();
  const taskId = newId();
  const title = name ?? nameOf(study);
  await insertStudy(db, { id, runId, kind: study.kind, name: title, request: study, taskId });
  await startJob(context, {
    id: taskId,
    title: `${title}, ${run.name}`,
    input: { kind: "study", runId, studyId: id },
    unit: "rows",
    total: plannedRows(study, shape),
  });
  const { request: _request, result: _result, ...summary } = await getStudy(context, id);
  return summary;
}

/** A run's studies, newest first, without their results. */
export async function listStudies({ store }: ServiceContext, runId: string): Promise<StudySummary[]> {
  found(await readRun(store.db, runId), "such run");
  return readStudies(store.db, runId);
}

/** A study with what is there of its result. */
export async function getStudy({ store }: ServiceContext, studyId: string): Promise<StudyDetail> {
  return found(await readStudy(store.db, studyId), "such study");
}

/** Removes a study with its result; one that is at work is cancelled. */
export async function removeStudy(context: ServiceContext, studyId: string): Promise<void> {
  const { task: job } = await getStudy(context, studyId);
  if (job !== null) await cancelUnfinishedJob(context, job.id);
  await deleteStudy(context.store.db, studyId);
}

/** The rows that its form announced; where rows without a label or matched controls are missing, it will read fewer. */
function plannedRows(study: StudyRequest, { sizes }: AdapterShape): number {
  if (study.kind === "forgetting") return rowsOfForgetting(study);
  if (study.kind === "gain")
    return rowsOfGain(
      study,
      [...sizes.values()].reduce((sum, size) => sum + size, 0),
    );
  const prompts = study.kind === "evaluation" ? 0 : "texts" in study.prompts ? study.prompts.texts.length : study.prompts.heldOutRows;
  return studyCost(study, { promptTokens: new Array<number>(prompts).fill(0), rowTokens: 0, latents: latentsOfStudy(study) }).rows;
}

function nameOf(study: StudyRequest): string {
  switch (study.kind) {
    case "dose":
      return `${study.operation} of ${wholeLatentKey(study.latent)}`.slice(0, 120);
    case "bulk": {
      const { latents, operation } = study;
      return `${operation} of ${Array.isArray(latents) ? latents.length : latents.count} latents`;
    }
    case "evaluation": {
      const count = study.edits.filter(({ isOn }) => isOn).length;
      return `${count} ${count === 1 ? "edit" : "edits"} on held-out rows`;
    }
    case "gain":
      return "Gain kept";
    case "forgetting":
      return "Forgetting";
  }
}

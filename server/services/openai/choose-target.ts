import type { Edit } from "@/lib/contract/edit";
import type { StanscopeFields } from "@/lib/contract/openai-request";
import type { WeightPrecision } from "@/lib/contract/run-config";
import type { SavedEdits } from "@/lib/contract/steering";
import { listRuns, readRun } from "@/server/db/runs/runs";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { adapterShape, checkEdits } from "@/server/services/steering/adapter-shape";
import { listSavedEdits } from "@/server/services/steering/saved-edits";

/** What answers: an arm of a run. `saved` are the edits named by the model's name. */
export type Target = {
  readonly runId: string;
  readonly arm: "base" | "adapter" | "edited";
  readonly edits: readonly Edit[];
  /** Undefined for the run's own. */
  readonly precision: WeightPrecision | undefined;
  readonly saved: SavedEdits | null;
};

/**
 * Whom a request means. `model` is a run's id or its unique name, alone or followed by a colon and `base` or saved edits' id or name; what stands in
 * `stanscope` wins over it.
 *
 * @throws ServiceError `notFound` for a model that is not there, `invalid` for a name that several runs have
 */
export async function chooseTarget(context: ServiceContext, model: string, stanscope: StanscopeFields = {}): Promise<Target> {
  const named = stanscope.run ?? model;
  if (named === "")
    throw new ServiceError("invalid", "model: expected the id or name of a run, as listed by GET /v1/models.", { field: "model" });
  const { runId, suffix } = await findRun(context, named);
  const saved = suffix === undefined || suffix === "base" ? null : await savedEdits(context, runId, suffix);
  const edits = stanscope.edits ?? saved?.edits ?? [];
  const byName = suffix === "base" ? "base" : "adapter";
  if (stanscope.edits !== undefined) await demandEdits(context, runId, stanscope.edits);
  const arm = stanscope.arm ?? (saved !== null || edits.length > 0 ? "edited" : byName);
  return { runId, arm, edits: arm === "edited" ? edits : [], precision: stanscope.precision, saved };
}

async function findRun(context: ServiceContext, named: string): Promise<{ runId: string; suffix: string | undefined }> {
  const whole = await runNamed(context, named);
  if (whole !== undefined) return { runId: whole, suffix: undefined };
  // Names of runs and of saved edits may hold colons themselves.
  for (let colon = named.lastIndexOf(":"); colon > 0; colon = named.lastIndexOf(":", colon - 1)) {
    const runId = await runNamed(context, named.slice(0, colon));
    if (runId !== undefined) return { runId, suffix: named.slice(colon + 1) };
  }
  throw noSuchModel(named);
}

async function runNamed({ store: { db } }: ServiceContext, named: string): Promise<string | undefined> {
  if ((await readRun(db, named)) !== undefined) return named;
  const namesakes = (await listRuns(db)).filter(({ name }) => name === named);
  if (namesakes.length > 1) {
    const ids = namesakes.map(({ id }) => id).join(", ");
    throw new ServiceError("invalid", `Several runs are named "${named}": use an id (${ids}).`, { field: "model" });
  }
  return namesakes[0]?.id;
}

/** @throws ServiceError `invalid` where the run's adapter cannot be edited so */
async function demandEdits(context: ServiceContext, runId: string, edits: readonly Edit[]): Promise<void> {
  if (edits.length === 0) return;
  const run = found(await readRun(context.store.db, runId), "such run");
  checkEdits(await adapterShape(context, run), edits, "stanscope.edits");
}

async function savedEdits(context: ServiceContext, runId: string, named: string): Promise<SavedEdits> {
  const saved = await listSavedEdits(context, runId);
  const meant = saved.find(({ id }) => id === named) ?? saved.find(({ name }) => name === named);
  if (meant === undefined) throw noSuchModel(`${runId}:${named}`);
  return meant;
}

function noSuchModel(named: string): ServiceError {
  return new ServiceError("notFound", `The model "${named}" does not exist. GET /v1/models lists those that do.`, { field: "model" });
}

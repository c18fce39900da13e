import { type SQL, sql } from "drizzle-orm";
import { commonWords, type PositionKindName } from "@/lib/contract/positions/positions";
import type { JobSummary } from "@/lib/contract/run";
import type { WorkItem, WorkKindName, WorkPage, WorkQuery } from "@/lib/contract/work";
import { type Database, onlyRow } from "@/server/db/client";

/** Which kind of work a job is. */
const kindOfJob: Record<JobSummary["kind"], WorkKindName> = {
  fetchModel: "download",
  addModel: "import",
  addDataSet: "import",
  importDictionary: "import",
  demonstration: "demonstration",
  collection: "collection",
  measureEffects: "measurement",
  study: "study",
  benchmark: "benchmark",
  bake: "bake",
  detect: "detection",
};

const kindByJob = sql.join(
  [sql`CASE t.kind`, ...Object.entries(kindOfJob).map(([job, kind]) => sql`WHEN ${job} THEN ${kind}`), sql`END`],
  sql` `,
);

const isOpen = sql`state IN ('queued', 'running')`;

/**
 * All work, one row each. Baked runs and imported dictionaries are left out: the jobs that made them are listed. So are the sample and the collection that
 * came with it: no work was done for them here.
 */
const allWork = sql`
  SELECT r.id, CASE WHEN r.imported IS NULL THEN 'training' ELSE 'import' END AS kind, NULL AS job, r.name AS subject,
    CASE r.status WHEN 'stopping' THEN 'running' ELSE r.status END AS state,
    CASE r.status WHEN 'stopping' THEN 'Stopping' ELSE '' END AS message, r.error,
    r.step::float8 AS done, r.steps::float8 AS total, 'steps' AS unit, r.seconds_left,
    r.created_at, r.started_at, r.finished_at AS ended_at, NULL::float8 AS seconds, r.id AS run_id, NULL AS study_id
  FROM runs r WHERE r.baked_edits IS NULL AND r.sample IS NULL
  UNION ALL
  SELECT c.id, 'collection', NULL, r.name, c.status, coalesce(c.stage, ''), c.error,
    c.positions::float8, c.max_positions::float8, c.position_kind, NULL,
    c.created_at, CASE c.status WHEN 'queued' THEN NULL ELSE c.created_at END, NULL, c.seconds, c.run_id, NULL
  FROM collections c JOIN runs r ON r.id = c.run_id WHERE r.sample IS NULL OR c.created_at >= r.created_at
  UNION ALL
  SELECT t.id, ${kindByJob}, t.kind, t.title, t.status, t.message, t.error, t.done, t.total, t.unit, NULL,
    t.created_at, t.started_at, t.finished_at, NULL, coalesce(r.id, c.run_id), t.input ->> 'studyId'
  FROM tasks t
  LEFT JOIN runs r ON r.id = CASE WHEN t.kind = 'bake' AND t.status = 'finished' THEN t.input -> 'derived' ->> 'id' ELSE t.input ->> 'runId' END
  LEFT JOIN collections c ON c.id = t.input ->> 'collectionId'
  UNION ALL
  SELECT e.id, 'experiment', NULL, e.name, e.status, CASE e.status WHEN 'running' THEN e.stage ELSE '' END, e.error,
    0, NULL, 'runs', NULL,
    e.created_at, e.created_at, e.finished_at, NULL, NULL, NULL
  FROM experiments e`;

type Row = {
  id: string;
  kind: WorkKindName;
  job: WorkItem["job"];
  subject: string;
  state: WorkItem["state"];
  message: string;
  error: string | null;
  done: number;
  total: number | null;
  unit: string;
  seconds_left: number | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  seconds: number | null;
  run_id: string | null;
  study_id: string | null;
};

/** A page of all work, open work first; open and ended work are each newest first. The runs of experiments are not counted here. */
export async function listWork(db: Database, { kind, state, offset, limit }: WorkQuery): Promise<Omit<WorkPage, "snapshot">> {
  const filter = sql.join([sql`true`, ...kindFilter(kind), ...stateFilter(state)], sql` AND `);
  const counts = await db.execute<{ total: number; open: number }>(sql`
    SELECT count(*) FILTER (WHERE ${filter})::int AS total, count(*) FILTER (WHERE ${isOpen})::int AS open FROM (${allWork}) work`);
  const { rows } = await db.execute<Row>(sql`
    SELECT * FROM (${allWork}) work WHERE ${filter} ORDER BY ${isOpen} DESC, created_at DESC, id LIMIT ${limit} OFFSET ${offset}`);
  return { work: rows.map(toItem), ...onlyRow(counts.rows) };
}

function kindFilter(kind: WorkQuery["kind"]): SQL[] {
  return kind === undefined ? [] : [sql`kind = ${kind}`];
}

function stateFilter(state: WorkQuery["state"]): SQL[] {
  if (state === undefined) return [];
  return [state === "open" ? isOpen : sql`state = ${state}`];
}

function toItem({ seconds_left, created_at, started_at, ended_at, run_id, study_id, ...row }: Row): WorkItem {
  const [startedAt, endedAt] = [instantOf(started_at), instantOf(ended_at)];
  const measured = startedAt === null || endedAt === null ? null : (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  return {
    ...row,
    // A collection's row names the kind of its positions.
    unit: row.kind === "collection" ? commonWords([row.unit as PositionKindName]).plural : row.unit,
    secondsLeft: seconds_left,
    createdAt: new Date(created_at).toISOString(),
    startedAt,
    endedAt,
    seconds: row.seconds ?? measured,
    runId: run_id,
    studyId: study_id,
  };
}

function instantOf(time: string | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

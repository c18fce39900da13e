import { and, asc, eq, gt, ne, or, sql } from "drizzle-orm";
import type { LatentLabel } from "@/lib/contract/label";
import type { Database } from "@/server/db/client";
import { labels } from "@/server/db/tables/label-tables";
import { nextRevision } from "./revisions";

export type NewLabel = Omit<LatentLabel, "updatedAt">;

/** Rows a statement: PostgreSQL takes 65,535 parameters. */
const rowsAStatement = 1000;

/** Writes a label over the one before; with neither text nor note there is none afterwards. */
export async function saveLabel(db: Database, subjectId: string, label: NewLabel): Promise<void> {
  await saveLabels(db, subjectId, [label]);
}

/** Many at once, as an import has them; of two for one latent the last stays. */
export async function saveLabels(db: Database, subjectId: string, list: readonly NewLabel[]): Promise<void> {
  if (list.length === 0) return;
  const unique = [...new Map(list.map((label) => [`${label.index} ${label.module}`, label])).values()];
  await db.transaction(async (transaction) => {
    const revision = await nextRevision(transaction, `labels ${subjectId}`);
    for (let at = 0; at < unique.length; at += rowsAStatement) {
      await transaction
        .insert(labels)
        .values(unique.slice(at, at + rowsAStatement).map((label) => ({ ...label, subjectId, revision })))
        .onConflictDoUpdate({
          target: [labels.subjectId, labels.module, labels.index],
          set: {
            text: sql`excluded.text`,
            note: sql`excluded.note`,
            source: sql`excluded.source`,
            score: sql`excluded.score`,
            revision: sql`excluded.revision`,
            updatedAt: sql`now()`,
          },
        });
    }
  });
}

/** All of a subject's labels, by module and index. */
export async function listLabels(db: Database, subjectId: string): Promise<LatentLabel[]> {
  const rows = await db
    .select()
    .from(labels)
    .where(and(eq(labels.subjectId, subjectId), isThere))
    .orderBy(asc(labels.module), asc(labels.index));
  return rows.map(toLabel);
}

export async function readLabel(db: Database, subjectId: string, latent: { module: string; index: number }): Promise<LatentLabel | null> {
  const own = and(eq(labels.subjectId, subjectId), eq(labels.module, latent.module), eq(labels.index, latent.index), isThere);
  const row = (await db.select().from(labels).where(own))[0];
  return row === undefined ? null : toLabel(row);
}

/** Labels changed after a revision; neither text nor note says that there is none any more. */
export async function listLabelChanges(
  db: Database,
  subjectId: string,
  after: number,
): Promise<{ module: string; index: number; text: string; note: string; revision: number }[]> {
  return db
    .select({ module: labels.module, index: labels.index, text: labels.text, note: labels.note, revision: labels.revision })
    .from(labels)
    .where(and(eq(labels.subjectId, subjectId), gt(labels.revision, after)));
}

/** All labels of a subject that is removed itself. */
export async function removeLabels(db: Database, subjectId: string): Promise<void> {
  await db.delete(labels).where(eq(labels.subjectId, subjectId));
}

const isThere = or(ne(labels.text, ""), ne(labels.note, ""));

function toLabel({ module, index, text, note, source, score, updatedAt }: typeof labels.$inferSelect): LatentLabel {
  return { module, index, text, note, source, score, updatedAt: updatedAt.toISOString() };
}

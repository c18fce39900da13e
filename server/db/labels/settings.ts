import { eq } from "drizzle-orm";
import type { Database } from "@/server/db/client";
import { settings } from "@/server/db/tables/label-tables";

/** A setting of the whole application, unparsed; undefined if it was never set. The caller parses it. */
export async function readSetting(db: Database, key: string): Promise<unknown> {
  return (await db.select().from(settings).where(eq(settings.key, key)))[0]?.value;
}

/** @param value anything that JSON has, but not null */
export async function writeSetting(db: Database, key: string, value: NonNullable<unknown>): Promise<void> {
  await db.insert(settings).values({ key, value }).onConflictDoUpdate({ target: settings.key, set: { value } });
}

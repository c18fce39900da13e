import { customType, timestamp } from "drizzle-orm/pg-core";

/** Raw bytes; packed little-endian numbers in this database. */
export const bytea = customType<{ data: Buffer }>({ dataType: () => "bytea" });

/** A moment, to the microsecond, with its zone. */
export function instant(name: string) {
  return timestamp(name, { withTimezone: true, mode: "date" });
}

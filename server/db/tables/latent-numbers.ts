import { doublePrecision, integer } from "drizzle-orm/pg-core";
import { type ColumnsWith, columnOf, columnsWith, latentColumns } from "@/lib/contract/latent-columns/latent-columns";

const known = (column: string) => integer(column).notNull();
const whole = (column: string) => integer(column);
const real = (column: string) => doublePrecision(column);

type Stored = { [Name in ColumnsWith<"stored">]: (typeof latentColumns)[Name] };
type LatentNumbers = {
  [Name in keyof Stored]: Stored[Name]["stored"] extends { isKnown: true }
    ? ReturnType<typeof known>
    : ReturnType<Stored[Name]["type"] extends "integer" ? typeof whole : typeof real>;
};

/** A column for each number that is stored as it is, as its description says. */
export const latentNumbers = Object.fromEntries(
  columnsWith("stored").map((name) => {
    const { column, isKnown } = columnOf(name).stored ?? { column: name };
    if (isKnown) return [name, known(column)];
    return [name, latentColumns[name].type === "integer" ? whole(column) : real(column)];
  }),
) as LatentNumbers;

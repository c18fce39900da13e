import { createLoader, createParser, parseAsStringLiteral } from "nuqs/server";
import { type WorkFilter, workPageRows } from "@/lib/client/work";
import { workKind, workStateFilter } from "@/lib/contract/work";

const parseAsPage = createParser<number>({
  parse: (text) => (/^[1-9]\d{0,5}$/.test(text) ? Number(text) : null),
  serialize: String,
});

/** Which work is listed; pages count from 1. */
export const jobsParameters = {
  kind: parseAsStringLiteral(workKind.options),
  state: parseAsStringLiteral(workStateFilter.options),
  page: parseAsPage.withDefault(1),
};
export const readJobsAddress = createLoader(jobsParameters);

type JobsAddress = Awaited<ReturnType<typeof readJobsAddress>>;

export function workFilterOf({ kind, state, page }: JobsAddress): WorkFilter {
  return { kind: kind ?? undefined, state: state ?? undefined, offset: (page - 1) * workPageRows };
}

import { setTimeout as wait } from "node:timers/promises";
import type { Store } from "@/server/db/client";
import type { WorkKind } from "@/server/db/tables/work-tables";
import { acquireLease, releaseLease } from "@/server/db/work/leases";
import { ServiceError } from "@/server/services/errors";

const leaseMs = 60_000;
const waitMs = 10_000;
const askEveryMs = 250;

/**
 * Holds the lease on a piece of work during an action that no worker may interrupt; waits some seconds for a worker to release it.
 *
 * @throws ServiceError `conflict` with `busy` when none does
 */
export async function whileLeased<Result>(
  { db }: Store,
  { kind, workId, busy }: { kind: WorkKind; workId: string; busy: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const lease = { kind, workId, workerId: `remove ${workId}` };
  for (let waited = 0; (await acquireLease(db, lease, leaseMs)) === undefined; waited += askEveryMs) {
    if (waited >= waitMs) throw new ServiceError("conflict", busy);
    await wait(askEveryMs);
  }
  try {
    return await work();
  } finally {
    await releaseLease(db, lease);
  }
}

import PgBoss from "pg-boss";

/** What waits in each queue; a job names its work by id, all else is in the tables. */
export type QueuePayloads = {
  train: { runId: string };
  collect: { collectionId: string };
  task: { taskId: string };
};
export type QueueName = keyof QueuePayloads;
export const queueNames: readonly QueueName[] = ["train", "collect", "task"];

/**
 * Opens the queues. A job that fails is not repeated by the queue: leases tell which work a dead worker left, and `enqueue` may be called
 * again for it at any time.
 */
export async function openQueue(url: string, options: { supervise: boolean }): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString: url, supervise: options.supervise, schedule: false, max: 2, retryLimit: 0 });
  // A lost database shows in every call; the event alone must not end the process.
  boss.on("error", () => {});
  await boss.start();
  for (const name of queueNames) await boss.createQueue(name, { name, expireInHours: 23, retryLimit: 0 });
  return boss;
}

export async function enqueue<Name extends QueueName>(boss: PgBoss, name: Name, payload: QueuePayloads[Name]): Promise<void> {
  await boss.send(name, payload);
}

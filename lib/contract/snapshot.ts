import { z } from "zod";

/** Which transactions of the database an answer includes: those below `next`, except those that were still `open`. */
export const databaseSnapshot = z.object({ next: z.int(), open: z.array(z.int()) });
export type DatabaseSnapshot = z.infer<typeof databaseSnapshot>;

export function includesTransaction({ next, open }: DatabaseSnapshot, transaction: number): boolean {
  return transaction < next && !open.includes(transaction);
}

/** Whether `snapshot` includes every transaction that `other` includes. */
export function includesSnapshot(snapshot: DatabaseSnapshot, other: DatabaseSnapshot): boolean {
  return snapshot.next >= other.next && !snapshot.open.some((transaction) => includesTransaction(other, transaction));
}

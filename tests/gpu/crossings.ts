/** What the mock counts, in the order of its file (`mock.h`). */
export const COUNTERS = ["copiesIn", "bytesIn", "copiesOut", "bytesOut", "launches", "products"] as const;

/** Calls of one operation, and the copies between host and device that they made. */
export type Crossings = { readonly calls: number; readonly copiesIn: number; readonly copiesOut: number };

/** What one step of a work did. */
export type StepCounts = Readonly<Record<(typeof COUNTERS)[number], number>> & { readonly calls: Readonly<Record<string, Crossings>> };

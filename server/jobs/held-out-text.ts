import { rowTokens } from "@/lib/contract/run-config";
import { spread } from "@/server/files/data/row-plan";
import { readHeldOutRows } from "@/server/runtime/rows/held-out-rows";
import { labelCount, type TokenRow } from "@/server/runtime/rows/token-row";
import type { JobContext } from "./job-context";
import type { OpenRun } from "./open-run";
import { runData } from "./run-data";

export type HeldOutText = {
  readonly rows: readonly TokenRow[];
  /** Whether the run did not train on them; else they are some of the collection's own, or it is not known what the run trained on. */
  readonly isHeldOut: boolean;
  /** What the rows are, as a person is told. */
  readonly kind: string;
};

/**
 * Labelled rows to measure a run's latents on: those that it holds out, or, where it holds none out or they are no longer there, of the collection.
 *
 * @param count most rows
 */
export async function heldOutText(
  context: JobContext,
  { run, config, base }: OpenRun,
  ofCollection: () => Promise<Iterable<TokenRow>>,
  count: number,
  signal: AbortSignal,
): Promise<HeldOutText> {
  const data = await runData(context, run, config).catch(() => undefined);
  const heldOut =
    data === undefined
      ? []
      : await readHeldOutRows({ data, maxTokens: Math.min(rowTokens(config), base.model.config.contextLength), count }, base, signal);
  if (heldOut.length > 0) {
    // What a run that was trained elsewhere has seen is not known.
    if (config.training === null) return { rows: heldOut, isHeldOut: false, kind: "rows that the run may have been trained on" };
    return { rows: heldOut, isHeldOut: true, kind: "held-out rows" };
  }
  const rows = [...(await ofCollection())].filter((row) => labelCount(row) > 0).sort((a, b) => a.row - b.row);
  return {
    rows: [...spread(Int32Array.from(rows.keys()), count)].flatMap((place) => rows[place] ?? []),
    isHeldOut: false,
    kind: "rows of the collection, since the run has no held-out rows",
  };
}

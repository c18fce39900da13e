import { rowTokens } from "@/lib/contract/run-config";
import { readLabelNames } from "@/server/files/adapters/label-names";
import { isEncoderBase } from "@/server/runtime/models/load-base-model";
import type { AnsweredDataRow } from "@/server/runtime/rows/answered-row";
import { readHeldOutAnswers } from "@/server/runtime/rows/held-out-answers";
import type { JobContext } from "./job-context";
import type { OpenReading } from "./open-run";
import { runData } from "./run-data";
import { runFolders } from "./run-folders";

/**
 * Answered rows to measure an encoder's latents on: those that its run holds out; none where it holds none out, or they are no longer there.
 *
 * @param count most rows
 */
export async function heldOutAnswers(
  context: JobContext,
  { run, config, base }: OpenReading,
  count: number,
  signal: AbortSignal,
): Promise<AnsweredDataRow[]> {
  const data = await runData(context, run, config).catch(() => undefined);
  if (data === undefined || !isEncoderBase(base)) return [];
  const labels = readLabelNames(runFolders(context.dataFolder, run.id).adapter);
  const maxTokens = Math.min(rowTokens(config), base.model.config.contextLength);
  return readHeldOutAnswers({ data, labels, maxTokens, count }, base, signal);
}

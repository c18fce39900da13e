import { basename } from "node:path";
import { isDatabaseDown } from "@/server/db/retry-while-down";
import type { ServiceContext } from "./context";
import { underItsOwnName } from "./errors";

type Upload = {
  readonly fileName: string;
  /** Where it may lie in the data folder, innermost first. */
  readonly keys: readonly string[];
};

/**
 * Takes in an upload and starts its task. Where that fails, what was uploaded is removed, and the error says the file's own name. Where the database went
 * away, the task may have been stored all the same: then the sweep decides.
 */
export async function takeUpload<Task>(
  { artefacts }: ServiceContext,
  { fileName, keys }: Upload,
  start: () => Promise<Task>,
): Promise<Task> {
  try {
    return await start();
  } catch (error) {
    if (!isDatabaseDown(error)) for (const key of keys) artefacts.delete(key);
    const paths = keys.map((key) => artefacts.path(key));
    throw underItsOwnName(error, paths, basename(fileName));
  }
}

import { basename } from "node:path";
import { isDatabaseDown } from "@/server/db/retry-while-down";
import type { ServiceContext } from "./context";
import { underItsOwnName } from "./errors";

/**
 * Does the work that a file was sent for in one transaction, or gives what the same file with the same key was answered before.
 *
 * @param sha256 of the file
 */
export type StartOnce = <Answer>(sha256: string, work: (context: ServiceContext) => Promise<Answer>) => Promise<Answer>;

type Upload<Task> = {
  readonly fileName: string;
  /** Where it may lie in the data folder, innermost first. */
  readonly keys: readonly string[];
  readonly receive: () => Promise<{ sha256: string }>;
  readonly start: (context: ServiceContext) => Promise<Task>;
};

/**
 * Receives an upload and starts its task. Where that fails, or the same upload started its task before, the files are removed; an error says the file's
 * own name. Where the database went away at the end, the task may be stored all the same: then the sweep decides.
 */
export async function takeUpload<Task>(
  context: ServiceContext,
  { fileName, keys, receive, start }: Upload<Task>,
  startOnce: StartOnce = (_, work) => work(context),
): Promise<Task> {
  const { artefacts } = context;
  const remove = () => {
    for (const key of keys) artefacts.delete(key);
  };
  let isStarted = false;
  try {
    const { sha256 } = await receive();
    const task = await startOnce(sha256, (context) => {
      isStarted = true;
      return start(context);
    });
    if (!isStarted) remove();
    return task;
  } catch (error) {
    if (!isStarted || !isDatabaseDown(error)) remove();
    const paths = keys.map((key) => artefacts.path(key));
    throw underItsOwnName(error, paths, basename(fileName));
  }
}

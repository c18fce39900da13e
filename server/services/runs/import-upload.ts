import { basename } from "node:path";
import type { ImportRunSettings } from "@/lib/contract/import-run";
import type { RunSummary } from "@/lib/contract/run";
import { newId } from "@/server/db/new-id";
import { unpackTree } from "@/server/interop/archives/unpack-tree";
import type { ServiceContext } from "@/server/services/context";
import { ServiceError, underItsOwnName, withFileErrors } from "@/server/services/errors";
import type { StartOnce } from "@/server/services/take-upload";
import { importRun } from "./import-run";

const largestBytes = 16 * 2 ** 30;

/** Takes in a .tar, .tar.gz or .tgz of an adapter's or a trainer's folder. The run has copies: the upload is removed, whatever comes of it. */
export async function importUpload(
  context: ServiceContext,
  fileName: string,
  settings: ImportRunSettings,
  body: AsyncIterable<Uint8Array>,
  startOnce: StartOnce = (_, work) => work(context),
): Promise<RunSummary> {
  const { artefacts } = context;
  const ending = /\.(tar|tgz|tar\.gz)$/i.exec(fileName)?.[0].toLowerCase();
  if (ending === undefined) {
    throw new ServiceError(
      "invalid",
      `${fileName} is not a .tar, .tar.gz or .tgz: pack the adapter's folder with "tar -czf adapter.tar.gz FOLDER".`,
      {
        field: "name",
      },
    );
  }
  const key = `imports/${newId()}`;
  const [archive, folder] = [artefacts.path(`${key}${ending}`), artefacts.path(key)];
  try {
    const { sha256 } = await withFileErrors(() => artefacts.putStream(`${key}${ending}`, body, largestBytes));
    await withFileErrors(() => unpackTree(archive, folder, largestBytes));
    const source = basename(fileName).slice(0, -ending.length) || "uploaded run";
    return await startOnce(sha256, (context) => importRun(context, { ...settings, path: folder, source }));
  } catch (error) {
    throw underItsOwnName(error, [archive, folder], basename(fileName));
  } finally {
    artefacts.delete(`${key}${ending}`);
    artefacts.delete(key);
  }
}

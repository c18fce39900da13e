import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ServiceError } from "@/server/services/errors";

/**
 * A report of this repository's `docs/reports`, as Markdown.
 *
 * @param file its name, `demonstration-settings.md`
 * @throws ServiceError `notFound`
 */
export async function readReport(file: string): Promise<string> {
  // No more than a name: it stays within the folder.
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*\.md$/.test(file)) throw missing(file);
  try {
    return await readFile(join(/* turbopackIgnore: true */ process.cwd(), "docs/reports", file), "utf8");
  } catch {
    throw missing(file);
  }
}

function missing(file: string): ServiceError {
  return new ServiceError("notFound", `There is no report ${JSON.stringify(file)}. Reports are in docs/reports of the repository.`);
}

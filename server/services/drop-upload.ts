import { isDatabaseDown } from "@/server/db/retry-while-down";
import type { ServiceContext } from "./context";

/** Removes what was uploaded and not taken in. Where the database went away, its task may have been stored all the same: then the sweep decides. */
export function dropUpload({ artefacts }: ServiceContext, keys: readonly string[], error: unknown): void {
  if (isDatabaseDown(error)) return;
  for (const key of keys) artefacts.delete(key);
}

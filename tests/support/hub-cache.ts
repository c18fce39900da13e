import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Lays files in a cache as the hub's own tools do: blobs by their hashes, and a snapshot of links to them. @returns the snapshot */
export function cacheModel(
  cache: string,
  id: string,
  commit: string,
  files: Readonly<Record<string, Buffer | string>>,
  { isMain = true }: { isMain?: boolean } = {},
): string {
  const model = join(cache, `models--${id.replace("/", "--")}`);
  const snapshot = join(model, "snapshots", commit);
  for (const folder of [snapshot, join(model, "blobs"), join(model, "refs")]) mkdirSync(folder, { recursive: true });
  if (isMain) writeFileSync(join(model, "refs", "main"), commit);
  for (const [name, content] of Object.entries(files)) {
    const blob = createHash("sha256").update(content).digest("hex");
    writeFileSync(join(model, "blobs", blob), content);
    symlinkSync(join("..", "..", "blobs", blob), join(snapshot, name));
  }
  return snapshot;
}

import { existsSync } from "node:fs";
import { fromArrays, type StatisticsHeader, toArrays } from "@/server/engine/features/arrays";
import type { CollectionStatistics } from "@/server/engine/features/collection-statistics";
import type { InParts } from "@/server/engine/tensor/in-parts";
import { openSafetensors, type TensorData, writeSafetensors } from "@/server/files/weights/safetensors";

/**
 * Writes a shard's accumulators to a safetensors file, atomically.
 *
 * @param fingerprint of all that they follow from
 * @throws FileError when the disk is full
 */
export function* writeShardFile(path: string, statistics: CollectionStatistics, fingerprint: string): InParts<void> {
  const { header, arrays } = yield* toArrays(statistics);
  const tensors: Record<string, TensorData> = {};
  for (const [name, data] of arrays) tensors[name] = { shape: [data.length], data };
  writeSafetensors(path, tensors, { fingerprint, header: JSON.stringify(header) });
}

/** Whether there is such a file of the same fingerprint. */
export function hasShardFile(path: string, fingerprint: string): boolean {
  if (!existsSync(path)) return false;
  const file = openSafetensors(path);
  try {
    return file.metadata["fingerprint"] === fingerprint;
  } finally {
    file.close();
  }
}

/** @throws FileError when the file cannot be read, RangeError when its arrays are not of its header's plan */
export function* readShardFile(path: string): InParts<CollectionStatistics> {
  const file = openSafetensors(path);
  try {
    // Written by `writeShardFile`; the arrays are checked against it.
    const header = JSON.parse(file.metadata["header"] ?? "null") as StatisticsHeader;
    return yield* fromArrays({ header, arrays: new Map(file.names().map((name) => [name, file.readStored(name).data])) });
  } finally {
    file.close();
  }
}

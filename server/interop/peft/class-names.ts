import { existsSync } from "node:fs";
import { join } from "node:path";
import { readLabelNames } from "@/server/files/adapters/label-names";
import { FileError } from "@/server/files/file-error";
import { isJsonObject, readJsonObject } from "@/server/files/json-file";

/** Names of classes in the order of the head's scores, and where they come from, for the run's record. */
export type ClassNames = { readonly labels: readonly string[]; readonly from: string };

const configName = "config.json";

/**
 * The names of an imported head's classes: PEFT's own files have none. The first of these that has some: `labels.json`, which Stanscope writes beside
 * an adapter; a `config.json` beside it; the base model's own, where its head has as many classes; their numbers.
 *
 * @param folders the adapter's, and those around it in which a trainer may have written
 * @param basePath the base model's folder
 * @throws FileError when a file beside the adapter names another number of classes than the head has, or is damaged
 */
export function classNames(numLabels: number, folders: readonly string[], basePath: string): ClassNames {
  for (const folder of folders) {
    const own = readLabelNames(folder);
    if (own !== undefined) return { labels: demand(own, numLabels, join(folder, "labels.json")), from: "labels.json" };
    const config = join(folder, configName);
    const named = existsSync(config) ? idToLabel(config) : undefined;
    if (named !== undefined) return { labels: demand(named, numLabels, config), from: `${configName} next to the adapter` };
  }
  const config = join(basePath, configName);
  const ofBase = existsSync(config) ? idToLabel(config) : undefined;
  if (ofBase?.length === numLabels) return { labels: ofBase, from: `${configName} of the base model` };
  return { labels: Array.from({ length: numLabels }, (_, number) => String(number)), from: "their numbers" };
}

/** `id2label` in the order of its numbers; undefined where it names nothing: transformers fills in LABEL_0, LABEL_1 … */
function idToLabel(path: string): string[] | undefined {
  const named = readJsonObject(path)["id2label"];
  if (!isJsonObject(named)) return undefined;
  const entries = Object.entries(named).sort(([a], [b]) => Number(a) - Number(b));
  const labels = entries.flatMap(([, label]) => (typeof label === "string" && label !== "" ? [label] : []));
  const isWhole = labels.length === entries.length && entries.every(([number], at) => Number(number) === at);
  const isDistinct = new Set(labels).size === labels.length;
  const isGeneric = labels.every((label, at) => label === `LABEL_${at}`);
  return isWhole && isDistinct && !isGeneric && labels.length > 1 ? labels : undefined;
}

function demand(labels: readonly string[], numLabels: number, path: string): readonly string[] {
  if (labels.length === numLabels) return labels;
  throw new FileError(
    "invalid",
    path,
    `names ${labels.length} classes (${labels.slice(0, 6).join(", ")}), but the adapter's head has ${numLabels}; fix it, or remove it and name the classes in the import`,
  );
}

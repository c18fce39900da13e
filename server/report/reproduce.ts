import { type RunConfig, runConfig } from "@/lib/contract/run-config";
import type { ReportMaterial } from "./material";

/** The last part of a path: what lies elsewhere on another machine is left out. */
export function lastPart(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== "") ?? path;
}

/** A run's configuration as `train --config` takes it: ids of this installation become names of files beside the configuration. */
export function headlessConfig(config: RunConfig, { models, dataSets }: Pick<ReportMaterial, "models" | "dataSets">): RunConfig {
  const model = models.find(({ id }) => id === config.model);
  const { data, initAdapter } = config;
  return inOrder(runConfig, {
    ...config,
    model: model === undefined ? config.model : lastPart(model.path),
    data: dataOf(data, dataSets),
    ...(initAdapter === undefined ? {} : { initAdapter: lastPart(initAdapter) }),
  });
}

/** A value with its keys in the order of its schema, which a database does not keep; as it is where an older one would not be read. */
export function inOrder<Value>(schema: Schema<Value>, value: Value): Value {
  const read = schema.safeParse(value);
  return read.success ? read.data : value;
}

type Schema<Value> = { safeParse: (value: unknown) => { success: true; data: Value } | { success: false } };

function dataOf(data: RunConfig["data"], dataSets: ReportMaterial["dataSets"]): RunConfig["data"] {
  if (data.kind === "tokenRows") {
    const { validationPath } = data;
    return { ...data, path: lastPart(data.path), ...(validationPath === undefined ? {} : { validationPath: lastPart(validationPath) }) };
  }
  const { dataSetId, path, ...rows } = data;
  const known = dataSets.find(({ id }) => id === dataSetId)?.path ?? path ?? dataSetId ?? "data";
  return { ...rows, path: lastPart(known) };
}

/** A name for each run's files by its id: letters, digits and hyphens, none twice. */
export function commandNames({ comparison: { sides } }: Pick<ReportMaterial, "comparison">): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const side of sides) {
    for (const { id, name, seed } of side.runs) {
      if (names.has(id)) continue;
      const plain = slug(side.runs.length > 1 && seed !== null ? `${side.name} seed ${seed}` : name);
      let chosen = plain;
      for (let count = 2; taken.has(chosen); count++) chosen = `${plain}-${count}`;
      taken.add(chosen);
      names.set(id, chosen);
    }
  }
  return names;
}

function slug(text: string): string {
  const plain = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
  return plain === "" ? "run" : plain;
}

import type { RunRow } from "@/server/db/runs/runs";

/** What a run was told, by path in its configuration, as text. */
export type Settings = ReadonlyMap<string, string>;

/** Not what a run learns: its seed, and what is done once it is trained. */
const leftOut = /^(training\.seed|collection\b.*|model|data\.dataSetId|data\.path)$/;

/**
 * A run's settings, one a path. Lists of plain values are one setting; what is off or absent (null, false, an empty list or record) is left out, for it
 * changes nothing. Model and data go by their names, a run that ended early by the step that it reached.
 */
export function settingsOf({ config, modelName, dataName, step, steps, status, derivedFrom, bakedEdits }: SettingsSource): Settings {
  const settings = new Map<string, string>([
    ["model", modelName],
    ["data", dataName],
  ]);
  flatten(config, "", settings);
  if (status === "stopped" && step !== steps) settings.set("training.stoppedAt", String(step));
  if (derivedFrom !== null || bakedEdits !== null) settings.set("bakedEdits", JSON.stringify(bakedEdits));
  return settings;
}

type SettingsSource = Pick<RunRow, "config" | "modelName" | "dataName" | "step" | "steps" | "status" | "derivedFrom" | "bakedEdits">;

/** What differs between runs' settings, and how many are the same. */
export function differingSettings(all: readonly Settings[]): {
  settings: { path: string; values: (string | null)[] }[];
  sameSettings: number;
} {
  const paths = [...new Set(all.flatMap((settings) => [...settings.keys()]))];
  const rows = paths.map((path) => ({ path, values: all.map((settings) => settings.get(path) ?? null) }));
  const differing = rows.filter(({ values }) => values.some((value) => value !== values[0]));
  return { settings: differing, sameSettings: rows.length - differing.length };
}

/** Equal for equal settings, whatever their order; `without` are not looked at. */
export function settingsKey(settings: Settings, without: readonly string[] = []): string {
  return JSON.stringify([...settings].filter(([path]) => !without.includes(path)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (value === null || value === undefined || value === false || leftOut.test(path)) return;
  if (Array.isArray(value)) {
    if (value.length > 0) into.set(path, value.map(textOf).join(", "));
  } else if (typeof value === "object") {
    for (const [key, part] of Object.entries(value)) flatten(part, path === "" ? key : `${path}.${key}`, into);
  } else into.set(path, textOf(value));
}

function textOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

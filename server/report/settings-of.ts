import type { StoredRunConfig } from "@/lib/contract/run-config";

/** A configuration as settings by path, each as text; what is absent or null is left out. */
export function settingsOf(config: Partial<StoredRunConfig>): Map<string, string> {
  const settings = new Map<string, string>();
  flatten(config, "", settings);
  return settings;
}

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) into.set(path, value.map((one) => (typeof one === "object" ? JSON.stringify(one) : String(one))).join(", "));
  else if (typeof value === "object")
    for (const [key, part] of Object.entries(value)) flatten(part, path === "" ? key : `${path}.${key}`, into);
  else into.set(path, String(value));
}

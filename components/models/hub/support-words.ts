import type { HubSupport } from "@/lib/contract/hub";

/** `llama`, or what comes nearest to an architecture that is not supported, and what is missing. */
export function supportWords({ architecture, isSupported, nearest, missing }: HubSupport): string {
  if (architecture === null) return "not stated";
  const unsupported = isSupported === false ? ", not supported" : "";
  const near = nearest === null ? "" : `; nearest: ${nearest}`;
  return `${architecture}${unsupported}${near}${missing.length === 0 ? "" : `; missing: ${missing.join(", ")}`}`;
}

/** False where it is known that the engine cannot run a model. */
export function mayRun({ isSupported, missing }: HubSupport): boolean {
  return isSupported !== false && missing.length === 0;
}

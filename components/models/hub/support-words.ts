import type { HubSupport } from "@/lib/contract/hub";

/** `llama`, or what comes nearest to an architecture that is not supported, and what is missing. */
export function supportWords({ architecture, isSupported, nearest, missing }: HubSupport): string {
  if (architecture === null) return "not stated";
  if (isSupported !== false) return architecture;
  const near = nearest === null ? "" : `; nearest: ${nearest}`;
  return `${architecture}, not supported${near}${missing.length === 0 ? "" : `; missing: ${missing.join(", ")}`}`;
}

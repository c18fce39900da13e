/** The server keeps answers by key for as long (`server/http/start-once.ts`). */
const lifetimeMs = 24 * 60 * 60 * 1000;
const prefix = "start/";
/** Stands in where the browser stores nothing, or its storage is full. */
const inMemory = new Map<string, string>();

/**
 * The Idempotency-Key of a request whose outcome is unknown; a new one for a request that was not sent before. It survives a reload, as the drafts do.
 *
 * @param request all that is sent, path included
 */
export function openStart(request: string): string {
  const name = prefix + digestOf(request);
  const known = read(name);
  if (known !== undefined) return known;
  const key = newKey();
  write(name, JSON.stringify({ key, at: Date.now() }));
  return key;
}

/** Forgets the key: the outcome is known. */
export function closeStart(request: string): void {
  write(prefix + digestOf(request), undefined);
}

function read(name: string): string | undefined {
  try {
    const { key, at } = JSON.parse(inMemory.get(name) ?? sessionStorage.getItem(name) ?? "{}");
    return typeof key === "string" && Date.now() - at < lifetimeMs ? key : undefined;
  } catch {
    return undefined;
  }
}

function write(name: string, entry: string | undefined): void {
  inMemory.delete(name);
  try {
    if (entry === undefined) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, entry);
  } catch {
    if (entry !== undefined) inMemory.set(name, entry);
  }
}

/** `crypto.randomUUID` is not there on pages that came over plain HTTP from another machine. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Two FNV-1a hashes of 32 bits with different multipliers; `crypto.subtle` is not there over plain HTTP. Should two requests have one digest, the server
 * refuses the second, and its key is forgotten.
 */
function digestOf(text: string): string {
  const hash = (multiplier: number) => {
    let digest = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) digest = Math.imul(digest ^ text.charCodeAt(i), multiplier);
    return (digest >>> 0).toString(16);
  };
  return `${hash(0x01000193)}${hash(0x85ebca6b)}-${text.length}`;
}

/** What checks that a stored draft still has the form that the page expects; a zod schema is one. */
export type DraftSchema<Value> = { parse: (stored: unknown) => Value };

/** A draft without anything nested: it fits where it has the fields of `beginning`, each of the same type. */
export function flatDraft<Value extends Readonly<Record<string, string | number | boolean>>>(beginning: Value): DraftSchema<Value> {
  return {
    parse: (stored) => {
      const draft = Object(stored) as Partial<Record<string, unknown>>;
      if (Object.entries(beginning).some(([name, value]) => typeof draft[name] !== typeof value)) throw new TypeError("another form");
      return draft as Value;
    },
  };
}

/**
 * Unsent input by name, kept as long as the browser tab is open: it survives a reload, another page and a restart of the server. The name carries the
 * version of the draft's form (`label/1/…`).
 */
const opened = new Map<string, unknown>();
const listeners = new Set<() => void>();
const prefix = "draft/";

/** The draft of that name; undefined where there is none, and where what is stored no longer fits. */
export function readDraft<Value>(name: string, schema: DraftSchema<Value>): Value | undefined {
  if (!opened.has(name)) opened.set(name, load(name, schema));
  // Only values of this schema are kept under its name.
  return opened.get(name) as Value | undefined;
}

/** Keeps a draft; undefined drops it. */
export function writeDraft(name: string, value: unknown): void {
  opened.set(name, value);
  try {
    if (value === undefined) storage()?.removeItem(prefix + name);
    else storage()?.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // The storage is full: the draft lasts until the page is reloaded.
  }
  for (const tell of listeners) tell();
}

/** Names of the drafts that begin so, in one string that stays the same while they do. */
export function draftNames(beginning: string): string {
  const stored = Object.keys(storage() ?? {}).flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
  const names = new Set([...stored, ...[...opened].flatMap(([name, value]) => (value === undefined ? [] : [name]))]);
  return [...names]
    .filter((name) => name.startsWith(beginning))
    .sort()
    .join("\n");
}

/** Calls back at every change of a draft. @returns how to end it */
export function followDrafts(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => listeners.delete(onChange);
}

/** Null where the browser lets a page store nothing. */
function storage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

function load<Value>(name: string, schema: DraftSchema<Value>): Value | undefined {
  try {
    const text = storage()?.getItem(prefix + name) ?? null;
    return text === null ? undefined : schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

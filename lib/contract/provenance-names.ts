/** What a run's provenance records, in the order in which it is read. */
const names: Readonly<Record<string, string>> = {
  engine: "Engine",
  kernels: "Kernels",
  device: "Device",
  frozenDtype: "Frozen weights",
  askedDtype: "Frozen weights requested",
  node: "Node.js",
  platform: "Platform",
  data: "Hash of the data",
  context: "Context length for rotary scaling, tokens",
  classes: "Classes",
  head: "Head",
  baseModel: "Base model",
  curves: "Curves read from",
  parent: "Derived from adapter",
  parentAdapter: "Hash of that adapter",
};

/** The name of a record; its key if it has none. */
export function provenanceName(key: string): string {
  return names[key] ?? key;
}

/** Records in the order in which they are read; those without a name last, by key. */
export function compareProvenance(one: string, other: string): number {
  return placeOf(one) - placeOf(other) || (one < other ? -1 : one > other ? 1 : 0);
}

function placeOf(key: string): number {
  const place = Object.keys(names).indexOf(key);
  return place < 0 ? Number.MAX_SAFE_INTEGER : place;
}

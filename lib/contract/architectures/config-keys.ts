/** A checkpoint's `config.json` as parsed from JSON. */
export type RawModelConfig = Readonly<Record<string, unknown>>;

/** @throws Error naming the key, unless its value, or the standard one where it has none, is supported */
export function demandOneOf(raw: RawModelConfig, key: string, standard: string, supported: readonly string[]): void {
  const value = raw[key] ?? standard;
  if (typeof value !== "string" || !supported.includes(value)) {
    throw new Error(`config.json: ${key} ${JSON.stringify(value)} is not supported; supported: ${supported.join(", ")}`);
  }
}

/** @throws Error naming the key, unless its value, or the standard one where it has none, is one of those listed */
export function oneOf<Name extends string>(raw: RawModelConfig, key: string, standard: Name, supported: readonly Name[]): Name {
  const value = raw[key] ?? standard;
  const found = supported.find((name) => name === value);
  if (found !== undefined) return found;
  throw new Error(`config.json: ${key} ${JSON.stringify(value)} is not supported; supported: ${supported.join(", ")}`);
}

/** @throws Error naming the key, unless its value is a whole number above 0 */
export function whole(raw: RawModelConfig, key: string): number {
  const value = raw[key];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw new Error(`config.json: ${key} must be a whole number above 0, but is ${JSON.stringify(value)}`);
  }
  return value;
}

/** Far more than any published model has; some lists have an entry for each. Our choice. */
const mostLayers = 10_000;

/** @throws Error naming the key, unless its value is a number of layers that a model may have */
export function layerCount(raw: RawModelConfig, key = "num_hidden_layers"): number {
  const count = whole(raw, key);
  if (count > mostLayers) throw new Error(`config.json: ${key} must be at most ${mostLayers}, but is ${count}`);
  return count;
}

/** @throws Error naming the key, unless its value, or the standard one where it has none, is a number above 0 */
export function positive(raw: RawModelConfig, key: string, standard?: number): number {
  const value = raw[key] ?? standard;
  if (typeof value !== "number" || !(value > 0)) {
    throw new Error(`config.json: ${key} must be a number above 0, but is ${JSON.stringify(value)}`);
  }
  return value;
}

/** @throws Error naming the key, unless its value, or the standard one where it has none, is a whole number from 0 */
export function wholeFromZero(raw: RawModelConfig, key: string, standard: number): number {
  const value = raw[key] ?? standard;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
    throw new Error(`config.json: ${key} must be a whole number from 0, but is ${JSON.stringify(value)}`);
  }
  return value;
}

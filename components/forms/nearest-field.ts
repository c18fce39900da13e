/**
 * The field that a path in a request leads to, or the nearest one around it: `runs.0.config.data.mapping.text` to `mapping.text`, otherwise to `mapping`.
 * The longest name that fits counts.
 */
export function nearestField(path: string, names: readonly string[]): string | undefined {
  for (let parts = path.split("."); parts.length > 0; parts = parts.slice(0, -1)) {
    const end = `.${parts.join(".")}`;
    const fitting = names.filter((name) => name !== "" && end.endsWith(`.${name}`));
    if (fitting.length > 0) return fitting.reduce((longest, name) => (name.length > longest.length ? name : longest));
  }
  return undefined;
}

import type { DecoderArchitecture } from "./architecture";

/**
 * The names of a checkpoint's weights as the architecture has them, each with its name in the file. Masks and tables of positions are left out.
 */
export function weightNames(stored: readonly string[], { layout: { names }, stored: forms }: DecoderArchitecture): Map<string, string> {
  const { buffers, omittedPrefix = "", aliases = {}, respelled = [] } = forms;
  const isWhole = stored.includes(`${names.embedding}.weight`) || !stored.includes(`${names.embedding.slice(omittedPrefix.length)}.weight`);
  const complete = (name: string) => (isWhole || name.startsWith(`${names.head}.`) ? name : omittedPrefix + name);
  const named = (name: string) => (Object.hasOwn(aliases, name) ? aliases[name] : undefined) ?? complete(name);
  const respell = (name: string) => respelled.reduce((spelled, [pattern, own]) => spelled.replace(pattern, own), name);
  return new Map(stored.filter((name) => !buffers.test(name)).map((name) => [respell(named(name)), name]));
}

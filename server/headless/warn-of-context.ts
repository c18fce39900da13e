import { longContextWarning } from "@/lib/contract/architectures/long-context";
import { type LoadedBase, textBase } from "@/server/runtime/models/load-base-model";

/**
 * Says on the error stream that texts exceed the original context of a model whose positions are scaled, and how.
 *
 * @param tokens of the longest text
 */
export function warnOfContext(base: LoadedBase, tokens: number): void {
  const config = textBase(base)?.model.config;
  const warning = config === undefined ? null : longContextWarning(config, tokens);
  if (warning !== null) process.stderr.write(`warning: ${warning}\n`);
}

import { PgPreparedQuery } from "drizzle-orm/pg-core";

type Runner = { queryWithCache(text: string, parameters: readonly unknown[], query: () => Promise<unknown>): Promise<unknown> };

/**
 * Keeps the parameters of statements out of drizzle's errors, which would write them into logs and on pages: they are people's texts, and the key of
 * an explainer. Drizzle runs every statement through this method and uses the parameters there for its error alone.
 */
export function hideParameters(): void {
  // The method is internal to drizzle; a test tells when it is no longer there.
  const runner = PgPreparedQuery.prototype as unknown as Runner;
  const run = runner.queryWithCache;
  runner.queryWithCache = function (text, _parameters, query) {
    return run.call(this, text, [], query);
  };
}

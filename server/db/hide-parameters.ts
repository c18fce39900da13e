import { PgPreparedQuery } from "drizzle-orm/pg-core";
import { StatementError } from "./statement-error";

type Runner = { queryWithCache(text: string, parameters: readonly unknown[], query: () => Promise<unknown>): Promise<unknown> };

/**
 * Keeps the parameters of statements out of errors, which would carry them into logs and onto pages: they are people's texts, and the key of an
 * explainer. Drizzle runs every statement through this method, whose own version adds a cache, which nothing here uses, and an error with parameters.
 */
export function hideParameters(): void {
  // The method is internal to drizzle; a test tells when it is no longer there.
  const runner = PgPreparedQuery.prototype as unknown as Runner;
  runner.queryWithCache = async (text, _parameters, query) => {
    try {
      return await query();
    } catch (error) {
      throw new StatementError(text, error);
    }
  };
}

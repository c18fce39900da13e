import { createContext, Script } from "node:vm";

const context = createContext({ work: undefined });
const script = new Script("work()");

/**
 * Does synchronous work and stops it when it takes too long, even inside a regular expression.
 *
 * @throws Error with the message given
 */
export function withinDeadline<Answer>(work: () => Answer, { ms }: { ms: number }, message: string): Answer {
  const outer: unknown = context["work"];
  context["work"] = work;
  try {
    return script.runInContext(context, { timeout: Math.ceil(ms) }) as Answer;
  } catch (cause) {
    throw isTimeout(cause) ? new Error(message, { cause }) : cause;
  } finally {
    context["work"] = outer;
  }
}

/** The error is of the other context, so it is no instance of our `Error`. */
function isTimeout(cause: unknown): boolean {
  return typeof cause === "object" && cause !== null && "code" in cause && cause.code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

import { Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";

/** Someone else's Jinja template: it may loop and build values, so what it does is counted against our limits. */
export type BoundedTemplate = (values: Readonly<Record<string, unknown>>, inputLength: number) => string;

type Node = Parameters<Interpreter["evaluate"]>[0];
type Value = ReturnType<Interpreter["evaluate"]>;
type Limits = { readonly work: number; readonly size: number };

/**
 * Compiles a template, with the globals that transformers gives one.
 *
 * @throws Error when it is not valid; the function it gives throws RangeError when the template does too much
 */
export function compileTemplate(source: string): BoundedTemplate {
  const program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  return (values, inputLength) => {
    const budget = new Budget({ work: 2_000_000 + 100 * inputLength, size: 1_000_000 + 4 * inputLength });
    const environment = new Environment();
    for (const [name, value] of Object.entries({ ...globals(budget), ...values })) environment.set(name, value);
    return String(new BoundedInterpreter(environment, budget).run(program).value);
  };
}

/** Counts what a template does: a node costs 1, its value 1 for every 16 characters or entries, and each turn of a loop 10. */
class Budget {
  #work = 0;
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  spend(size: number, turns: number): void {
    this.#work += 1 + size / 16 + 10 * turns;
    if (size > this.#limits.size) throw new RangeError(`it creates a value of more than ${this.#limits.size} characters or entries`);
    if (this.#work > this.#limits.work) throw new RangeError(`it takes more than ${this.#limits.work} steps; does it loop forever?`);
  }
}

class BoundedInterpreter extends Interpreter {
  readonly #budget: Budget;
  /** Expressions whose values are looped over. */
  readonly #looped = new Set<unknown>();

  constructor(environment: Environment, budget: Budget) {
    super(environment);
    this.#budget = budget;
  }

  override evaluate(node: Node, environment: Environment): Value {
    if (node !== undefined && "iterable" in node) this.#looped.add(loopedOver(node.iterable));
    const value = super.evaluate(node, environment);
    const size = sizeOf(value.value);
    this.#budget.spend(size, this.#looped.has(node) ? size : 0);
    return value;
  }
}

/** Of `for x in list if condition` the list. */
function loopedOver(iterable: unknown): unknown {
  return typeof iterable === "object" && iterable !== null && "lhs" in iterable && "test" in iterable ? iterable.lhs : iterable;
}

function sizeOf(value: unknown): number {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  return value instanceof Map ? value.size : 0;
}

function globals(budget: Budget) {
  return {
    true: true,
    True: true,
    false: false,
    False: false,
    none: null,
    None: null,
    raise_exception: (message: unknown) => {
      throw new Error(String(message));
    },
    strftime_now: (format: unknown) => formatDate(new Date(), String(format)),
    range: (start: number, stop?: number, step = 1) => range(budget, stop === undefined ? [0, start, step] : [start, stop, step]),
  };
}

function range(budget: Budget, [start, stop, step]: readonly [number, number, number]): number[] {
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!Number.isFinite(length)) throw new RangeError("range() takes numbers, and a step other than 0");
  budget.spend(length, 0);
  return Array.from({ length }, (_, index) => start + index * step);
}

/** Python's `strftime` for the codes that chat templates use. */
function formatDate(date: Date, format: string): string {
  const month = (style: "long" | "short") => new Intl.DateTimeFormat("en", { month: style }).format(date);
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  const parts: Record<string, string> = {
    "%Y": String(date.getFullYear()),
    "%m": twoDigits(date.getMonth() + 1),
    "%d": twoDigits(date.getDate()),
    "%b": month("short"),
    "%B": month("long"),
    "%H": twoDigits(date.getHours()),
    "%M": twoDigits(date.getMinutes()),
    "%%": "%",
  };
  return format.replace(/%[YmdbBHM%]/g, (code) => parts[code] ?? code);
}

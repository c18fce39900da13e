import type { RE2JS } from "re2js";
import { z } from "zod";
import { re2 } from "#re2";

const longest = 1000;

/** Whether a module's name matches an expression as a whole. */
export type NameTest = (name: string) => boolean;

/*
 * Regular expressions in adapters and requests are other people's. RE2 takes time linear in a name's length, where JavaScript's own engine may never end.
 * RE2 has no lookaheads; those at the very beginning, which adapters do use, are matches of their own. Browsers load RE2 only to check what is typed
 * (`loadRe2`): until then the schemas here accept any text there, which the server has checked or will check.
 */

/**
 * An expression for whole names, as PEFT's `target_modules`: Python's `re.fullmatch`.
 *
 * @throws RangeError saying what is wrong with the expression
 */
export function nameTest(expression: string): NameTest {
  const { lookaheads, rest } = splitLookaheads(expression);
  const whole = compile(rest);
  const conditions = lookaheads.map(({ inner, isWanted }) => ({ beginning: compile(inner), isWanted }));
  return (name) => whole.matches(name) && conditions.every(({ beginning, isWanted }) => beginning.matcher(name).lookingAt() === isWanted);
}

/** An expression for a whole name or its end after a dot, as a key of PEFT's `rank_pattern`. @throws RangeError as `nameTest` does */
export function nameEndTest(expression: string): NameTest {
  if (isPlainName(expression)) return (name) => name === expression || name.endsWith(`.${expression}`);
  const whole = compile(expression, (alone) => `(?:.*\\.)?(?:${alone})`);
  return (name) => whole.matches(name);
}

/** Whether an expression is one part of a module's name and matches nothing else. */
export function isPlainName(expression: string): boolean {
  return /^\w+$/.test(expression);
}

/** An expression for what stands before a layer's number, as PEFT's `layers_pattern`; the function gives a module's layer. @throws RangeError as `nameTest` does */
export function layerReader(expression: string): (name: string) => number | undefined {
  const beginning = compile(expression, (alone) => `.*\\.${alone}\\.(\\d+)\\.`);
  return (name) => {
    const matcher = beginning.matcher(name);
    const layer = matcher.lookingAt() ? matcher.group(1) : null;
    return layer === null ? undefined : Number(layer);
  };
}

export const nameExpression = expressionFor(nameTest);
export const nameEndExpression = expressionFor(nameEndTest);
export const layerExpression = expressionFor(layerReader);

function expressionFor(compileIt: (expression: string) => unknown) {
  return z
    .string()
    .min(1)
    .superRefine((text, context) => {
      if (re2() === null) return;
      try {
        compileIt(text);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        context.addIssue({ code: "custom", message: error.message });
      }
    });
}

/** @param within what is compiled, given that the text alone is valid: an error quotes what somebody wrote */
function compile(text: string, within?: (text: string) => string): RE2JS {
  if (text.length > longest) throw new RangeError(`is longer than the ${longest} characters that a regular expression may have`);
  const engine = re2();
  if (engine === null) throw new Error("RE2 has not been loaded in this browser");
  const { RE2JS, RE2JSException } = engine;
  try {
    const alone = RE2JS.compile(text, RE2JS.LOOKBEHINDS);
    return within === undefined ? alone : RE2JS.compile(within(text), RE2JS.LOOKBEHINDS);
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    const reason = cause.message.replace(/^error parsing regexp: /, "");
    throw new RangeError(
      `is not a valid regular expression in RE2's syntax: ${reason}. Back references are not supported, and lookaheads only at the beginning`,
      { cause },
    );
  }
}

type Lookahead = { readonly inner: string; readonly isWanted: boolean };

/** `^(?!a)(?=b)c` as the conditions on the beginning and `c`. Left whole where an alternation would make them part of one branch alone. */
function splitLookaheads(text: string): { lookaheads: Lookahead[]; rest: string } {
  const lookaheads: Lookahead[] = [];
  let rest = text.replace(/^\^/, "");
  while (/^\(\?[!=]/.test(rest)) {
    const end = scanGroup(rest).groupEnd;
    lookaheads.push({ inner: rest.slice(3, end), isWanted: rest[2] === "=" });
    rest = rest.slice(end + 1);
  }
  const isSplit = lookaheads.length > 0 && !/^[*+?{]/.test(rest) && !scanGroup(rest).hasBranches;
  return isSplit ? { lookaheads, rest } : { lookaheads: [], rest: text };
}

/** Where the group closes that the text begins with, and whether a `|` stands outside all groups. */
function scanGroup(text: string): { groupEnd: number; hasBranches: boolean } {
  let [depth, groupEnd, hasBranches] = [0, text.length, false];
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === "\\") i++;
    else if (character === "[") i = classEnd(text, i);
    else if (character === "(") depth++;
    else if (character === ")" && --depth === 0) groupEnd = Math.min(groupEnd, i);
    else if (character === "|" && depth === 0) hasBranches = true;
  }
  return { groupEnd, hasBranches };
}

/** Index of the `]` that closes the class begun at `start`; one that comes first is a member. */
function classEnd(text: string, start: number): number {
  let i = start + 1;
  if (text[i] === "^") i++;
  if (text[i] === "]") i++;
  for (; i < text.length && text[i] !== "]"; i++) if (text[i] === "\\") i++;
  return i;
}

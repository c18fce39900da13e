import { type Arguments, parseArguments, UsageError } from "./arguments";
import { isVerb, usageOf, type Verb, verbs } from "./verbs";

/** Each verb's code is loaded alone: `tokenize` needs no tensor library. */
const actions: Record<Verb, () => Promise<(given: Arguments) => Promise<void>>> = {
  logits: async () => (await import("./logits")).writeLogits,
  train: async () => (await import("./train")).train,
  collect: async () => (await import("./collect")).collect,
  detect: async () => (await import("./detect")).detect,
  generate: async () => (await import("./generate")).generate,
  sample: async () => (await import("./sample")).sample,
  forgetting: async () => (await import("./forgetting")).forgetting,
  gain: async () => (await import("./gain")).gain,
  merge: async () => (await import("./merge")).merge,
  evaluate: async () => (await import("./evaluate")).evaluate,
  tokenize: async () => (await import("./tokenize")).tokenize,
  doctor: async () => (await import("./doctor")).examine,
};

/** @returns the exit status: 0, 1 after an error, 2 when the command line is wrong */
async function run(words: readonly string[]): Promise<number> {
  const [word, ...rest] = words;
  if (word === "--help" || word === "help") {
    process.stdout.write(`${usageOf()}\n`);
    return 0;
  }
  if (word === undefined || !isVerb(word)) {
    process.stderr.write(`${word === undefined ? "No verb given." : `Unknown verb: ${word}`}\n${usageOf()}\n`);
    return 2;
  }
  if (rest.includes("--help")) {
    process.stdout.write(`${usageOf(word)}\n`);
    return 0;
  }
  try {
    const given = parseArguments(verbs[word], rest);
    const act = await actions[word]();
    await act(given);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n${usageOf(word)}\n`);
      return 2;
    }
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  }
}

/** The error on one line; all of it where STANSCOPE_DEBUG is set. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (process.env["STANSCOPE_DEBUG"]) return error.stack ?? error.message;
  return error.message.replaceAll(/\s*\n\s*/g, " ");
}

// npm runs scripts in the package's folder: paths are meant from where the person stands.
if (process.env["npm_lifecycle_event"] === "stanscope" && process.env["INIT_CWD"]) process.chdir(process.env["INIT_CWD"]);
process.exitCode = await run(process.argv.slice(2));

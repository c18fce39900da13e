import type { VerbUsage } from "./arguments";

/** What `npm run -s stanscope -- VERB` understands. */
export const verbs = {
  logits: {
    summary: "a model's outputs for given token ids",
    usage:
      "--model FOLDER|FILE.gguf [--adapter FOLDER] --input FILE.json --output FILE.safetensors [--hidden] [--activations]\n" +
      '  input: {"input_ids": [[…]], "attention_mask"?: [[…]], "position_ids"?: [[…]], "token_type_ids"?: [[…]]}\n' +
      "  an encoder gives one row of logits a text, by its head or the adapter's; without a head, unit sentence embeddings",
    flags: { model: "value", adapter: "value", input: "value", output: "value", hidden: "present", activations: "present" },
    required: ["model", "input", "output"],
  },
  train: {
    summary: "trains an adapter",
    usage:
      "--config FILE.json --output FOLDER [--resume]\n" +
      "  --resume goes on from the checkpoint in FOLDER; without it FOLDER must not hold a run yet",
    flags: { config: "value", output: "value", resume: "present" },
    required: ["config", "output"],
  },
  collect: {
    summary: "statistics and examples of every latent over a corpus",
    usage:
      "--model FOLDER|FILE.gguf --adapter FOLDER --input TOKENS.safetensors|TEXT.jsonl --output FOLDER\n" +
      "  [--max-tokens N] [--max-length N] [--batch-rows N] [--attribution-rows N] [--seed N]\n" +
      "  --attribution-rows: a backward pass over so many rows; --seed: of everything that is sampled",
    flags: {
      model: "value",
      adapter: "value",
      input: "value",
      output: "value",
      "max-tokens": "value",
      "max-length": "value",
      "batch-rows": "value",
      "attribution-rows": "value",
      seed: "value",
    },
    required: ["model", "adapter", "input", "output"],
  },
  generate: {
    summary: "continues a prompt",
    usage:
      "--model FOLDER|FILE.gguf [--adapter FOLDER] --prompt TEXT|--ids FILE.json [--edits FILE.json] --max-tokens N\n" +
      "  [--greedy] [--temperature X] [--top-k N] [--top-p X] [--seed N] [--chat] [--precision float32|bfloat16] [--json]\n" +
      "  greedy unless --temperature is given; --json prints {ids, text, tokensPerSecond, precision} as one line; bfloat16 is faster and less exact\n" +
      "  --edits: a list of edits, bare or as the steer page saves it",
    flags: {
      model: "value",
      precision: "value",
      adapter: "value",
      prompt: "value",
      ids: "value",
      edits: "value",
      greedy: "present",
      temperature: "value",
      "top-k": "value",
      "top-p": "value",
      seed: "value",
      chat: "present",
      "max-tokens": "value",
      json: "present",
    },
    required: ["model", "max-tokens"],
  },
  evaluate: {
    summary: "losses of base model, adapter and edits, row by row",
    usage:
      "--model FOLDER|FILE.gguf --adapter FOLDER --input TEXT.jsonl|TOKENS.safetensors [--edits FILE.json]\n" +
      "  [--max-length N] [--max-rows N] --output FILE.json\n" +
      "or --model FOLDER|FILE.gguf --adapter FOLDER --benchmark FILE.json --output ITEMS.jsonl\n" +
      "  --edits: a list of edits, or the file that the steer page saves; their scopes prompt and generated act everywhere\n" +
      "  of an encoder: loss, metrics and answer of each row, beside a constant answer; --input with a label column\n" +
      '  --benchmark: what POST /api/benchmarks takes, with "path" for "dataSetId"; "mapping" where names of columns do not tell it:\n' +
      '  {"rows": {"path": "TEXT.jsonl", "part": {"kind": "split", "name": "validation"}, "count": 2000}, "task": {"kind": "classification"}};\n' +
      "  prints the score as one line of JSON, and writes a line for each row",
    flags: {
      model: "value",
      adapter: "value",
      input: "value",
      benchmark: "value",
      edits: "value",
      "max-length": "value",
      "max-rows": "value",
      output: "value",
    },
    required: ["model", "adapter", "output"],
  },
  tokenize: {
    summary: "token ids of strings",
    usage: '--model FOLDER|FILE.gguf --input STRINGS.json --output IDS.json\n  input: ["text", …]; output: [[ids], …]',
    flags: { model: "value", input: "value", output: "value" },
    required: ["model", "input", "output"],
  },
  doctor: {
    summary: "engine, device, versions, measured speed, what is missing and how to get it",
    usage: "",
    flags: {},
    required: [],
  },
} as const satisfies Record<string, VerbUsage>;

export type Verb = keyof typeof verbs;

export function isVerb(word: string): word is Verb {
  return Object.hasOwn(verbs, word);
}

/** One verb's usage, or all of them. */
export function usageOf(verb?: Verb): string {
  if (verb !== undefined) return `Usage: npm run -s stanscope -- ${verb} ${verbs[verb].usage}`.trimEnd();
  const lines = Object.entries(verbs).map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`);
  return ["Usage: npm run -s stanscope -- VERB …", ...lines, "  VERB --help tells more"].join("\n");
}

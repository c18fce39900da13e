import type { VerbUsage } from "./arguments";

const frozenNote =
  "  --frozen-dtype float32|bfloat16|stored|nf4: how the model's weights are held; as in the run that trained the adapter unless it is given\n";

/** What `npm run -s stanscope -- VERB` understands. */
export const verbs = {
  logits: {
    summary: "model outputs for given token ids or images",
    usage:
      "--model FOLDER|FILE.gguf [--adapter FOLDER] --input FILE.json|PIXELS.safetensors --output FILE.safetensors [--hidden] [--activations]\n" +
      "  [--frozen-dtype DTYPE]\n" +
      frozenNote +
      '  input: {"input_ids": [[…]], "attention_mask"?: [[…]], "position_ids"?: [[…]], "token_type_ids"?: [[…]]}\n' +
      "  for an encoder: one row of logits per text, from its head or the adapter's; without a head, unit sentence embeddings\n" +
      "  for an encoder of images, PIXELS has pixel_values (rows, channels, height, width); without a head, the final states",
    flags: {
      model: "value",
      adapter: "value",
      input: "value",
      output: "value",
      "frozen-dtype": "value",
      hidden: "present",
      activations: "present",
    },
    required: ["model", "input", "output"],
  },
  train: {
    summary: "trains an adapter",
    usage:
      "--config FILE.json --output FOLDER [--resume]\n" +
      "  --resume continues from the checkpoint in FOLDER; without it, FOLDER must not contain a run",
    flags: { config: "value", output: "value", resume: "present" },
    required: ["config", "output"],
  },
  collect: {
    summary: "statistics and examples of every latent over a corpus",
    usage:
      "--model FOLDER|FILE.gguf --adapter FOLDER --input TOKENS.safetensors|TEXT.jsonl|IMAGES --output FOLDER\n" +
      "  [--max-tokens N] [--max-length N] [--batch-rows N] [--attribution-rows N] [--timesteps T,…] [--seed N] [--frozen-dtype DTYPE]\n" +
      frozenNote +
      "  --attribution-rows: rows for the backward pass; --seed: seeds all sampling\n" +
      "  --timesteps: for a diffusion model, the time steps at which each image is read; they are the domains of the statistics, and row r at the i-th of n is\n" +
      "  row n·r + i of the examples; default five, evenly spaced (our choice)",
    flags: {
      model: "value",
      adapter: "value",
      input: "value",
      output: "value",
      "max-tokens": "value",
      "max-length": "value",
      "batch-rows": "value",
      "attribution-rows": "value",
      timesteps: "value",
      "frozen-dtype": "value",
      seed: "value",
    },
    required: ["model", "adapter", "input", "output"],
  },
  detect: {
    summary: "how well each latent detects concepts",
    usage:
      "--model FOLDER|FILE.gguf --adapter FOLDER --concepts CONCEPTS.parquet|.jsonl|.csv [--by COLUMN] --output FOLDER\n" +
      "  [--probe] [--top N] [--max-length N] [--batch-rows N] [--seed N] [--frozen-dtype DTYPE]\n" +
      frozenNote +
      "  --concepts: a table in AxBench's layout, or with a text and the columns concept and category (positive, negative, hard negative)\n" +
      "  --by: each value of this column is a concept, with all other rows as negatives\n" +
      "  --probe: also trains sparse probes on 1, 2, 5 and 20 latents, beside dense ones on the base model: probing.csv\n" +
      "  --top: latents of each concept in detection.csv; --seed: draws the halves of the rows and the intervals",
    flags: {
      model: "value",
      adapter: "value",
      concepts: "value",
      by: "value",
      probe: "present",
      output: "value",
      top: "value",
      "max-length": "value",
      "batch-rows": "value",
      "frozen-dtype": "value",
      seed: "value",
    },
    required: ["model", "adapter", "concepts", "output"],
  },
  generate: {
    summary: "continues a prompt",
    usage:
      "--model FOLDER|FILE.gguf [--adapter FOLDER] --prompt TEXT|--ids FILE.json [--image FILE,…] [--edits FILE.json] --max-tokens N\n" +
      "  [--greedy] [--temperature X] [--top-k N] [--top-p X] [--seed N] [--chat] [--precision float32|bfloat16]\n" +
      "  [--frozen-dtype DTYPE] [--json]\n" +
      frozenNote +
      "  greedy unless --temperature is given; --json prints {ids, text, tokensPerSecond, precision} as one line; bfloat16 is faster but less exact\n" +
      "  --image: for a model that reads images; each takes the next image token of the prompt, or comes before it\n" +
      "  --edits: a list of edits, bare or as saved by the Steer page",
    flags: {
      model: "value",
      image: "value",
      precision: "value",
      "frozen-dtype": "value",
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
  sample: {
    summary: "images that a diffusion model makes: base, adapter and edited, from the same noise",
    usage:
      "--model FOLDER [--adapter FOLDER] [--edits FILE.json] [--edit-timesteps FROM-TO] --output FOLDER\n" +
      "  [--classes NAME,…] [--images N] [--seed N] [--steps N] [--guidance X] [--frozen-dtype DTYPE]\n" +
      frozenNote +
      "  --classes: names or numbers, separated by commas; all by default, if there are at most 16\n" +
      "  --images: per class, default 1; --steps: default 30; --guidance: default 1, which is none (our choices)\n" +
      "  --edits: a list of edits, bare or as saved by the Steer page; positions are patches, row by row\n" +
      "  --edit-timesteps: apply edits at these time steps only (0 is the least noise)\n" +
      "  writes a PNG file for each image and arm, grid.png with a row for each arm, and samples.json",
    flags: {
      model: "value",
      adapter: "value",
      edits: "value",
      "edit-timesteps": "value",
      output: "value",
      classes: "value",
      images: "value",
      seed: "value",
      steps: "value",
      guidance: "value",
      "frozen-dtype": "value",
    },
    required: ["model", "output"],
  },
  evaluate: {
    summary: "losses of base model, adapter and edits, row by row",
    usage:
      "--model FOLDER|FILE.gguf --adapter FOLDER --input TEXT.jsonl|TOKENS.safetensors|IMAGES [--edits FILE.json]\n" +
      "  [--max-length N] [--max-rows N] [--frozen-dtype DTYPE] --output FILE.json\n" +
      "or --model FOLDER|FILE.gguf --adapter FOLDER --benchmark FILE.json [--frozen-dtype DTYPE] --output ITEMS.jsonl\n" +
      frozenNote +
      "  --edits: a list of edits, bare or as saved by the Steer page; the scopes prompt and generated apply everywhere\n" +
      "  IMAGES: a folder with a folder of images for each class, a zip archive of one, or a table (Parquet) with a column of images;\n" +
      "  or pixel_values with labels in a safetensors file\n" +
      "  for an encoder: loss, metrics and prediction of each row, and a constant prediction; --input needs a label column\n" +
      "  for a diffusion model: squared error by time step, class and image, over the same noise in every evaluation\n" +
      '  --benchmark: the body of POST /api/benchmarks with "path" instead of "dataSetId", and "mapping" if column names do not determine it:\n' +
      '  {"rows": {"path": "TEXT.jsonl", "part": {"kind": "split", "name": "validation"}, "count": 2000}, "task": {"kind": "classification"}};\n' +
      "  prints the score as one line of JSON and writes a line per row",
    flags: {
      model: "value",
      adapter: "value",
      input: "value",
      benchmark: "value",
      edits: "value",
      "frozen-dtype": "value",
      "max-length": "value",
      "max-rows": "value",
      output: "value",
    },
    required: ["model", "adapter", "output"],
  },
  forgetting: {
    summary: "latents that cost loss on general text, and an adapter without them",
    usage:
      "--model FOLDER|FILE.gguf --adapter FOLDER --input OWN --general TEXTS --output FOLDER\n" +
      "  [--max-rows N] [--candidates N] [--group-size N] [--kept-gain SHARE] [--max-length N] [--seed N] [--frozen-dtype DTYPE]\n" +
      frozenNote +
      "  --input: rows of the adapter's own kind that it was not trained on; --general: text that it did not learn\n" +
      "  --max-rows: of each, default 128; half of them choose the latents, the others measure\n" +
      "  --candidates: latents measured by groups, default 64; --group-size: default 8\n" +
      "  --kept-gain: share of the gain that must stay on the rows that choose, default 0.95 (all our choices)\n" +
      "  writes forgetting.csv and forgetting.json; if latents are proposed, also edits.json, which ablates them, and the adapter in repaired",
    flags: {
      model: "value",
      adapter: "value",
      input: "value",
      general: "value",
      output: "value",
      "max-rows": "value",
      candidates: "value",
      "group-size": "value",
      "kept-gain": "value",
      "max-length": "value",
      "frozen-dtype": "value",
      seed: "value",
    },
    required: ["model", "adapter", "input", "general", "output"],
  },
  gain: {
    summary: "how much of an adapter's gain its first latents keep alone",
    usage:
      "--model FOLDER|FILE.gguf --adapter FOLDER --input TEXT.jsonl|TOKENS.safetensors --output FILE.csv\n" +
      "  [--max-rows N] [--random-orders N] [--max-length N] [--seed N] [--frozen-dtype DTYPE]\n" +
      frozenNote +
      "  --input: rows that the adapter was not trained on; half of them order the latents, the others measure\n" +
      "  --max-rows: default 128; --random-orders: default 3, of which the mean is taken (our choices)\n" +
      "  --seed: draws the halves and the random orders",
    flags: {
      model: "value",
      adapter: "value",
      input: "value",
      output: "value",
      "max-rows": "value",
      "random-orders": "value",
      "max-length": "value",
      "frozen-dtype": "value",
      seed: "value",
    },
    required: ["model", "adapter", "input", "output"],
  },
  merge: {
    summary: "one adapter whose update is the weighted sum of several, and how they interfere",
    usage:
      "--model FOLDER|FILE.gguf --adapters FOLDER,FOLDER[,…] [--weights W,W[,…]] --output FOLDER\n" +
      "  [--input TEXTS[,TEXTS…]] [--max-rows N] [--max-length N] [--frozen-dtype DTYPE]\n" +
      frozenNote +
      "  --adapters: two or more of one method: STAN with one selection, or LoRA without DoRA; --weights: 1 each by default\n" +
      "  --input: texts such as those that each adapter was trained for; their losses with the base model, each adapter and all merged\n" +
      "  are written to interference.csv; --max-rows: of each, default 128 (our choice)",
    flags: {
      model: "value",
      adapters: "value",
      weights: "value",
      output: "value",
      input: "value",
      "max-rows": "value",
      "max-length": "value",
      "frozen-dtype": "value",
    },
    required: ["model", "adapters", "output"],
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
  return ["Usage: npm run -s stanscope -- VERB …", ...lines, "  VERB --help shows its options"].join("\n");
}

#!/usr/bin/env node
// Writes a checkpoint of a published model's shape with random weights and a tokenizer, to measure real sizes without a download:
//   node scripts/make-random-model.mjs OUT --shape llama-3.2-1b [--format safetensors-bf16|gguf-q4_0|gguf-q4_k] [--seed N]
// OUT is a folder, or a file that ends in .gguf; an unknown shape is answered with those that there are.
import { runTypescript } from "./run-typescript.mjs";

await runTypescript("scripts/random-model/main.ts");

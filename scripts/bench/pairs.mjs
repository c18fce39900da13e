/**
 * Our tasks and, where there is something like it, PyTorch's and llama.cpp's beside them; `isRate` where more is better.
 * Those that begin with `encoder-` are steps of a classification over the checkpoint that `--encoder` names.
 *
 * @type {readonly { name: string, ours: string, peer?: string, llamaCpp?: string, isRate?: boolean }[]}
 */
export const pairs = [
  { name: "LoRA r=16 step", ours: "train-lora", peer: "train-lora" },
  { name: "LoRA r=16 step, frozen weights in bfloat16", ours: "train-lora-bf16", peer: "train-lora" },
  { name: "VeRA r=256 step", ours: "train-vera", peer: "train-vera" },
  { name: "STAN M=4096 k=32 step, against dense", ours: "train-stan", peer: "train-stan-dense" },
  { name: "STAN M=4096 k=32 step, against gather", ours: "train-stan", peer: "train-stan-gather" },
  { name: "STAN M=4096 k=32 step with BatchTopK", ours: "train-stan-batchtopk" },
  { name: "STAN step in bfloat16, against dense", ours: "train-stan-bf16", peer: "train-stan-dense" },
  { name: "STAN step in bfloat16, against gather", ours: "train-stan-bf16", peer: "train-stan-gather" },
  { name: "greedy generation", ours: "generate", peer: "generate", llamaCpp: "generate", isRate: true },
  { name: "greedy generation, bfloat16 weights", ours: "generate-bf16", peer: "generate", llamaCpp: "generate", isRate: true },
  { name: "greedy generation, STAN M=256 k=16", ours: "generate-stan", peer: "generate-stan", llamaCpp: "generate", isRate: true },
  { name: "the same, bfloat16 weights", ours: "generate-stan-bf16", peer: "generate-stan", llamaCpp: "generate", isRate: true },
  { name: "the same, as a request with sampling", ours: "request-stan-bf16", peer: "generate-stan", isRate: true },
  { name: "greedy generation, LoRA r=16", ours: "generate-lora", peer: "generate-lora", llamaCpp: "generate", isRate: true },
  { name: "the same, bfloat16 weights", ours: "generate-lora-bf16", peer: "generate-lora", llamaCpp: "generate", isRate: true },
  { name: "a step with an edit, relative to one without", ours: "edited-bf16" },
  { name: "the same within requests", ours: "request-edited-bf16" },
  { name: "a step of base, adapter and edited, relative to one arm", ours: "arms-bf16" },
  { name: "the same within requests, divergences counted", ours: "request-arms-bf16" },
  { name: "1 row of STAN", ours: "rows1-bf16", isRate: true },
  { name: "3 rows, tokens of all", ours: "rows3-bf16", isRate: true },
  { name: "8 rows", ours: "rows8-bf16", isRate: true },
  { name: "16 rows", ours: "rows16-bf16", isRate: true },
  { name: "first token after a prompt of 32, STAN", ours: "first-token-bf16", peer: "first-token" },
  { name: "prefill of 512 tokens, STAN", ours: "prefill", peer: "prefill", llamaCpp: "prefill", isRate: true },
  { name: "the same, frozen weights in bfloat16", ours: "prefill-fast", peer: "prefill", llamaCpp: "prefill", isRate: true },
  { name: "statistics, 60 modules × 4096 latents", ours: "statistics", peer: "statistics", isRate: true },
  { name: "statistics, bfloat16", ours: "statistics-bf16", peer: "statistics", isRate: true },
  { name: "statistics, time relative to a pass that only counts", ours: "statistics-cost" },
  { name: "encoder, LoRA r=16 step", ours: "encoder-lora", peer: "encoder-lora" },
  { name: "encoder, STAN M=1024 k=16 step", ours: "encoder-stan", peer: "encoder-stan" },
  { name: "accumulators, 6 modules × 4096 latents, at 50,000 tokens", ours: "accumulators-50000" },
  { name: "the same at 500,000 tokens", ours: "accumulators-500000" },
];

"""The Python peer of `npm run bench`: PyTorch, transformers and PEFT, float32 on CPU, on SmolLM2-135M.

    python peer.py FOLDER TASK THREADS REPEATS

FOLDER holds the .gguf file. TASK: generate | generate-stan | generate-lora | first-token | prefill | train-lora | train-vera | train-stan-dense
| train-stan-gather | statistics. The STAN modules are those of the task: 256 latents of which 16 are kept where text is read or generated,
4096 of which 32 are kept elsewhere.
Prints one JSON line: {"task", "median", "all", "unit", "peakMemoryMb", "version"}; seconds a step, or tokens a second.
Needs torch, transformers, peft and gguf. Each task runs in a process of its own: the peak memory is the process's.
"""
import glob
import os
import sys
import time

import torch
from peft import LoraConfig, VeraConfig, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM, LlamaForCausalLM

from peer_measure import report, time_steps
from peer_stan import add_stan
from peer_statistics import keep_statistics

TARGETS = ["q_proj", "v_proj"]
NUM_LATENTS, K, RANK = 4096, 32, 16
ROWS, TOKENS = 4, 128


def load_model(folder):
    """The dequantised model in float32, free of its quantisation tag so that it can be wrapped."""
    file = os.path.basename(glob.glob(f"{folder}/*.gguf")[0])
    quantised = AutoModelForCausalLM.from_pretrained(folder, gguf_file=file, dtype=torch.float32)
    config = AutoConfig.from_pretrained(folder, gguf_file=file)
    config.__dict__.pop("quantization_config", None)
    model = LlamaForCausalLM(config)
    model.load_state_dict(quantised.state_dict())
    model.tie_weights()
    return model.eval()


def with_lora(model):
    return get_peft_model(model, LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules=TARGETS, task_type="CAUSAL_LM"))


def with_vera(model):
    return get_peft_model(model, VeraConfig(r=256, target_modules=TARGETS, task_type="CAUSAL_LM"))


def time_generation(model, repeats):
    """Tokens a second after a prompt of 32; the prompt itself is not counted."""
    prompt, new = torch.randint(100, 40000, (1, 32)), 128

    def once():
        cache, step, start = None, prompt, 0.0
        for i in range(new + 1):
            out = model(input_ids=step, past_key_values=cache, use_cache=True)
            cache, step = out.past_key_values, out.logits[:, -1:].argmax(-1)
            if i == 0:
                start = time.perf_counter()
        return new / (time.perf_counter() - start)

    with torch.no_grad():
        return [once() for _ in range(repeats)], "tokens/s"


def time_prompt(model, tokens, repeats):
    """Seconds from a prompt to the token that follows it; the first prompt warms up."""
    prompt = torch.randint(100, 40000, (1, tokens))

    def once():
        start = time.perf_counter()
        model(input_ids=prompt, use_cache=True, logits_to_keep=1).logits[:, -1].argmax(-1).item()
        return time.perf_counter() - start

    with torch.no_grad():
        once()
        return [once() for _ in range(repeats)]


def time_training(model, repeats):
    ids = torch.randint(100, 40000, (ROWS, TOKENS))
    return time_steps(model, repeats, input_ids=ids, labels=ids, use_cache=False), "s/step"


def time_statistics(model, repeats):
    """Tokens a second of a pass that keeps the statistics of all modules."""
    wrapped = add_stan(model, TARGETS, use_gather=False, num_latents=NUM_LATENTS, k=K)
    keep_statistics(wrapped, NUM_LATENTS, K)
    ids = torch.randint(100, 40000, (ROWS, TOKENS))

    def once():
        start = time.perf_counter()
        model.model(input_ids=ids, use_cache=False)
        return ROWS * TOKENS / (time.perf_counter() - start)

    with torch.no_grad():
        once()
        return [once() for _ in range(repeats)], "tokens/s"


def main():
    folder, task, threads, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = load_model(folder)
    if task == "generate":
        values, unit = time_generation(model, repeats)
    elif task == "generate-lora":
        values, unit = time_generation(with_lora(model), repeats)
    elif task in ("generate-stan", "first-token", "prefill"):
        # Of the two forms of the module the one that is faster for few tokens: a product of 256 latents, not gathers.
        add_stan(model, TARGETS, use_gather=False, num_latents=256, k=16)
        if task == "generate-stan":
            values, unit = time_generation(model, repeats)
        elif task == "first-token":
            values, unit = time_prompt(model, 32, repeats), "s"
        else:
            values, unit = [512 / seconds for seconds in time_prompt(model, 512, repeats)], "tokens/s"
    elif task == "train-lora":
        values, unit = time_training(with_lora(model), repeats)
    elif task == "train-vera":
        values, unit = time_training(with_vera(model), repeats)
    elif task in ("train-stan-dense", "train-stan-gather"):
        add_stan(model, TARGETS, use_gather=task.endswith("gather"), num_latents=NUM_LATENTS, k=K)
        values, unit = time_training(model, repeats)
    elif task == "statistics":
        values, unit = time_statistics(model, repeats)
    else:
        sys.exit(f"unknown task {task}")
    report(task, values, unit)


main()

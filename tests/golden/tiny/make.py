"""Copies the reference values of llama, gpt2, gpt_neox and bert that every test run compares with.

python make.py FIXTURES, the folder that STANSCOPE_FIXTURES names, whose README describes the tensors. Of `expected.safetensors` it keeps what is
compared: the training rows, hidden states, logits, starts, gradients, the edge cases of padding, accumulation and greedy text.
"""
import json, os, re, shutil, struct, sys

KEPT = re.compile(r"train\.|base\.|edge\.|(stan|lora)\.(init|grad|logits)\b|(stan|lora)\.logits_after$")
HERE = os.path.dirname(os.path.abspath(__file__))


def keep(source, target, is_causal):
    with open(source, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    kept, parts, at = {}, [], 0
    for name, entry in header.items():
        # The logits after training are as large as all gradients; the ten losses say the same.
        if name == "__metadata__" or not KEPT.match(name) or (is_causal and name.endswith("logits_after")):
            continue
        begin, end = entry["data_offsets"]
        kept[name] = {**entry, "data_offsets": [at, at + end - begin]}
        parts.append(data[begin:end])
        at += end - begin
    text = json.dumps(kept, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(target, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(parts))


for name in ["llama", "gpt2", "gpt_neox", "bert"]:
    source, target = os.path.join(sys.argv[1], "tiny", name), os.path.join(HERE, name)
    os.makedirs(target, exist_ok=True)
    for file in ["config.json", "model.safetensors", "expected.json"]:
        shutil.copyfile(os.path.join(source, file), os.path.join(target, file))
    keep(os.path.join(source, "expected.safetensors"), os.path.join(target, "expected.safetensors"), name != "bert")

# GPT-NeoX's fused rows lie otherwise in GGUF.
gguf = os.path.join(HERE, "gpt_neox", "gguf")
os.makedirs(gguf, exist_ok=True)
for file in ["model-f16.gguf", "model-q8_0.gguf", "expected.safetensors"]:
    shutil.copyfile(os.path.join(sys.argv[1], "tiny", "gpt_neox", "gguf", file), os.path.join(gguf, file))

"""Makes `resumed/trainer_state.json` with the trainer of transformers: six steps, and ten more from the checkpoint of the fourth on, as a person who was
interrupted does; and `two-sets/trainer_state.json`, evaluated on two sets at once, with a metric beside the loss.

python make.py (torch, transformers, accelerate, peft, safetensors). The base model is that of ../models/qwen2-tied.
"""
import shutil, tempfile
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments


class Rows(torch.utils.data.Dataset):
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, row):
        ids = torch.randint(0, 17, (7,), generator=torch.Generator().manual_seed(row))
        return {"input_ids": ids, "labels": ids}


def accuracy(prediction):
    return {"accuracy": float((prediction.predictions[:, :-1].argmax(-1) == prediction.label_ids[:, 1:]).mean())}


def train(output, steps, held_out, resume=None):
    model = AutoModelForCausalLM.from_pretrained("../models/qwen2-tied")
    settings = dict(logging_steps=2, eval_strategy="steps", eval_steps=4, save_steps=4, report_to=[], use_cpu=True, include_num_input_tokens_seen=True)
    trainer = Trainer(
        model=get_peft_model(model, LoraConfig(r=2, target_modules=["q_proj"], task_type="CAUSAL_LM")),
        args=TrainingArguments(output, max_steps=steps, per_device_train_batch_size=2, learning_rate=1e-2, **settings),
        train_dataset=Rows(20),
        eval_dataset=held_out,
        compute_metrics=accuracy,
    )
    trainer.train(resume_from_checkpoint=resume)
    trainer.save_state()


for name, held_out in (("resumed", Rows(5)), ("two-sets", {"near": Rows(5), "far": Rows(3)})):
    output = tempfile.mkdtemp()
    train(output, 6, held_out)
    if name == "resumed":
        train(output, 10, held_out, resume=f"{output}/checkpoint-4")
    Path(name).mkdir(exist_ok=True)
    shutil.copy(f"{output}/trainer_state.json", f"{name}/trainer_state.json")
    shutil.rmtree(output)

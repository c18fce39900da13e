import shutil
import tempfile
import unittest
from pathlib import Path

import support  # noqa: F401 (puts the package on the path)
import torch
from peft import PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from stanscope_peft import StanConfig
from transformers import AutoModelForSequenceClassification, BertConfig, DebertaV2Config, RobertaConfig

SIZES = dict(vocab_size=41, hidden_size=14, intermediate_size=22, num_hidden_layers=2, num_attention_heads=7, pad_token_id=0)
RELATIVE = dict(relative_attention=True, position_buckets=4, pos_att_type=["c2p", "p2c"], share_att_key=True)
CONFIGS = {
    "bert": lambda labels: BertConfig(**SIZES, num_labels=labels, max_position_embeddings=17),
    "roberta": lambda labels: RobertaConfig(**SIZES, num_labels=labels, max_position_embeddings=19),
    "deberta": lambda labels: DebertaV2Config(**SIZES, **RELATIVE, num_labels=labels, max_position_embeddings=17),
}
# Kind, labels, targets, and what is saved of the head.
CASES = [
    ("bert", 3, ["query", "value"], ["classifier.weight"]),
    ("bert", 1, ["query", "dense"], ["classifier.weight", "classifier.bias"]),
    ("roberta", 3, ["query", "value"], ["classifier.dense.weight", "classifier.out_proj.weight"]),
    ("deberta", 2, ["query_proj", "value_proj"], ["classifier.weight"]),
]
IDS = torch.tensor([[3, 5, 7, 11, 13], [2, 17, 19, 23, 29]])


def classifier(kind, labels):
    torch.manual_seed(5)
    return AutoModelForSequenceClassification.from_config(CONFIGS[kind](labels), attn_implementation="eager").eval()


class Heads(unittest.TestCase):
    def train(self, kind, labels, targets):
        model = get_peft_model(classifier(kind, labels), StanConfig(task_type="SEQ_CLS", num_latents=13, k=3, target_modules=targets))
        optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2)
        answers = torch.tensor([0.5, -1.0]) if labels == 1 else torch.tensor([0, labels - 1])
        for _ in range(3):
            model(input_ids=IDS, labels=answers).loss.backward()
            optimizer.step()
        folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        model.save_pretrained(folder)
        return model.eval(), folder

    def test_a_head_is_trained_in_full_and_saved_beside_the_adapter(self):
        for kind, labels, targets, head in CASES:
            with self.subTest(kind=kind, labels=labels):
                model, folder = self.train(kind, labels, targets)
                saved = load_file(folder / "adapter_model.safetensors")
                for name in head:
                    self.assertIn(f"base_model.model.{name}", saved)
                self.assertTrue(any(name.startswith(f"base_model.model.{kind}.encoder.layer.1.") for name in saved))
                with torch.no_grad():
                    again = PeftModel.from_pretrained(classifier(kind, labels), folder).eval()
                    self.assertTrue(torch.equal(again(input_ids=IDS).logits, model(input_ids=IDS).logits))
                    self.assertFalse(torch.equal(classifier(kind, labels)(input_ids=IDS).logits, model(input_ids=IDS).logits))

    def test_a_head_that_the_file_lacks_is_not_left_at_its_start(self):
        _, folder = self.train("bert", 3, ["query"])
        path = folder / "adapter_model.safetensors"
        save_file({name: tensor for name, tensor in load_file(path).items() if "classifier" not in name}, path, {"format": "pt"})
        with self.assertRaisesRegex(KeyError, "classifier"):
            PeftModel.from_pretrained(classifier("bert", 3), folder)


if __name__ == "__main__":
    unittest.main()

import shutil
import tempfile
import unittest
from pathlib import Path

import support  # noqa: F401 (puts the package on the path)
import torch
from peft import PeftModel, get_peft_model
from safetensors.torch import load_file
from stanscope_peft import StanConfig
from transformers import BertConfig, BertForSequenceClassification, RobertaConfig, RobertaForSequenceClassification

SIZES = dict(vocab_size=41, hidden_size=14, intermediate_size=22, num_hidden_layers=2, num_attention_heads=7, num_labels=3, pad_token_id=0)


def classifier(kind):
    torch.manual_seed(5)
    if kind == "bert":
        return BertForSequenceClassification(BertConfig(**SIZES, max_position_embeddings=17)).eval()
    return RobertaForSequenceClassification(RobertaConfig(**SIZES, max_position_embeddings=19)).eval()


class Heads(unittest.TestCase):
    def test_a_classifier_is_trained_in_full_and_saved_beside_the_adapter(self):
        ids = torch.tensor([[3, 5, 7, 11, 13], [2, 17, 19, 23, 29]])
        for kind, head in (("bert", ["classifier.weight"]), ("roberta", ["classifier.dense.weight", "classifier.out_proj.weight"])):
            with self.subTest(kind):
                model = get_peft_model(classifier(kind), StanConfig(task_type="SEQ_CLS", num_latents=13, k=3, target_modules=["query", "value"]))
                optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2)
                for _ in range(3):
                    model(input_ids=ids, labels=torch.tensor([0, 2])).loss.backward()
                    optimizer.step()
                model.eval()
                folder = Path(tempfile.mkdtemp())
                self.addCleanup(shutil.rmtree, folder)
                model.save_pretrained(folder)
                saved = load_file(folder / "adapter_model.safetensors")
                for name in head:
                    self.assertIn(f"base_model.model.{name}", saved)
                self.assertIn(f"base_model.model.{kind}.encoder.layer.1.attention.self.value.stan_D.weight", saved)
                with torch.no_grad():
                    again = PeftModel.from_pretrained(classifier(kind), folder).eval()
                    self.assertTrue(torch.equal(again(input_ids=ids).logits, model(input_ids=ids).logits))
                    self.assertFalse(torch.equal(classifier(kind)(input_ids=ids).logits, model(input_ids=ids).logits))


if __name__ == "__main__":
    unittest.main()

import json
import shutil
import tempfile
import unittest
from pathlib import Path

import support  # noqa: F401 (puts the package on the path)
import torch
from peft import PeftModel, get_peft_model
from peft.tuners.tuners_utils import BaseTuner
from safetensors.torch import load_file, save_file
from stanscope_peft import StanConfig
from support import MODELS, NAMES, first_batch, load_base, load_expected, logits, read_config

# As Stanscope writes them.
KEYS = sorted(
    [
        *("peft_type", "task_type", "base_model_name_or_path", "revision", "inference_mode", "num_latents", "k", "stan_alpha", "selection"),
        *("target_modules", "layers_to_transform", "k_pattern", "latents_pattern", "fan_in_fan_out", "center_inputs", "modules_to_save"),
        "stan_format_version",
    ]
)


class Folders(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)

    def copy_of(self, name):
        return shutil.copytree(MODELS / name / "stan", self.folder / "copy")

    def test_an_adapter_of_each_architecture_and_selection_gives_the_reference_logits(self):
        for name in NAMES:
            with self.subTest(name):
                model = PeftModel.from_pretrained(load_base(name), MODELS / name / "stan").eval()
                rows = load_expected(name)
                expected = rows["stan.logits"][rows["attention_mask"][0].bool()]
                self.assertLess((logits(model, name) - expected).abs().max().item(), 1e-5)

    def test_a_saved_adapter_has_the_keys_of_the_format_and_loads_again_to_the_same_logits(self):
        for name in NAMES:
            with self.subTest(name):
                model = PeftModel.from_pretrained(load_base(name), MODELS / name / "stan").eval()
                folder = self.folder / name
                model.save_pretrained(folder)
                config = read_config(folder)
                self.assertEqual(sorted(config), KEYS)
                self.assertEqual(config["fan_in_fan_out"], name == "gpt2-narrow")
                self.assertEqual(config["target_modules"], sorted(read_config(MODELS / name / "stan")["target_modules"]))
                before, after = (load_file(f / "adapter_model.safetensors") for f in (MODELS / name / "stan", folder))
                self.assertEqual(sorted(after), sorted(before))
                again = PeftModel.from_pretrained(load_base(name), folder).eval()
                self.assertTrue(torch.equal(logits(again, name), logits(model, name)))

    def test_patterns_and_layers_choose_sizes_by_module_and_scaling_stays_when_latents_are_fewer_than_k(self):
        config = StanConfig(
            num_latents=11,
            k=5,
            stan_alpha=2.0,
            target_modules=["q_proj", "down_proj"],
            layers_to_transform=[1],
            latents_pattern={"q_proj": 3},
            k_pattern={"^model.layers.1.mlp.down_proj": 2},
        )
        model = get_peft_model(load_base("llama-odd"), config)
        layers = {name.split(".")[-1]: m for name, m in model.named_modules() if hasattr(m, "stan_k")}
        self.assertEqual({name: m.stan_E["default"].weight.shape[0] for name, m in layers.items()}, {"q_proj": 3, "down_proj": 11})
        self.assertEqual({name: m.stan_scaling["default"] for name, m in layers.items()}, {"q_proj": 0.4, "down_proj": 1.0})

    def test_a_fresh_adapter_changes_nothing_and_trains_by_autograd_with_the_base_model_frozen(self):
        name = "gpt2-narrow"
        base = load_base(name)
        before = logits(base, name)
        frozen = {key: value.clone() for key, value in base.state_dict().items()}
        model = get_peft_model(base, StanConfig(task_type="CAUSAL_LM", num_latents=13, k=3))
        self.assertTrue(torch.equal(logits(model, name), before))
        trainable = [key for key, p in model.named_parameters() if p.requires_grad]
        self.assertTrue(trainable and all(".stan_E." in key or ".stan_D." in key for key in trainable), trainable)
        optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2)
        batch = first_batch(name)
        labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
        losses = []
        for _ in range(10):
            loss = model(**batch, labels=labels).loss
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            losses.append(loss.item())
        self.assertLess(losses[-1], losses[0] - 0.1)
        with model.disable_adapter():
            self.assertTrue(torch.equal(logits(model, name), before))
        after = model.get_base_model().state_dict()
        self.assertTrue(all(torch.equal(after[key.replace("c_attn.", "c_attn.base_layer.")], value) for key, value in frozen.items()))

    def test_merging_is_refused_with_the_reason_and_leaves_the_model_as_it_is(self):
        name = "qwen2-tied"
        model = PeftModel.from_pretrained(load_base(name), MODELS / name / "stan").eval()
        before = logits(model, name)
        for merge in (model.merge_and_unload, model.merge_adapter):
            with self.assertRaisesRegex(NotImplementedError, "depends on the input"):
                merge()
        self.assertTrue(torch.equal(logits(model, name), before))
        self.assertEqual(logits(model.unload(), name).shape, before.shape)

    def test_an_adapter_with_batchtopk_runs_with_its_thresholds_and_is_not_trained(self):
        folder = MODELS.parent / "stan-peft" / "llama-batchtopk"
        model = PeftModel.from_pretrained(load_base("llama-odd"), folder)
        expected = load_file(folder / "expected.safetensors")["logits"]
        real = first_batch("llama-odd")["attention_mask"].bool()
        self.assertLess((logits(model.eval(), "llama-odd") - expected[real]).abs().max().item(), 1e-5)
        with self.assertRaisesRegex(NotImplementedError, "is trained in Stanscope"):
            model.train()(**first_batch("llama-odd"))
        with tempfile.TemporaryDirectory() as copy:
            model.save_pretrained(copy)
            saved, given = (load_file(Path(one) / "adapter_model.safetensors") for one in (copy, folder))
            self.assertEqual(saved.keys(), given.keys())
            for key, value in given.items():
                self.assertTrue(torch.equal(saved[key], value), key)

    def test_settings_that_are_not_known_are_refused(self):
        for wrong in ({"k": 0}, {"num_latents": 0}, {"selection": "topk"}, {"sparsity": "top"}, {"center_inputs": True}, {"stan_format_version": 3}):
            with self.subTest(wrong), self.assertRaisesRegex(ValueError, next(iter(wrong))):
                StanConfig(**wrong)

    def test_layers_beside_an_expression_are_refused_as_peft_would_not_look_at_them(self):
        with self.assertRaisesRegex(ValueError, "layers_to_transform"):
            StanConfig(target_modules=r".*\.q_proj", layers_to_transform=[1])

    def test_a_module_that_is_no_linear_projection_is_refused(self):
        with self.assertRaisesRegex(TypeError, "target_modules"):
            get_peft_model(load_base("llama-odd"), StanConfig(target_modules=["embed_tokens"]))

    @unittest.skipUnless(hasattr(BaseTuner, "_remap_adapter_state_dict_for_load"), "PEFT up to 0.20 has no place for this check")
    def test_a_tensor_that_would_silently_not_load_is_refused_by_name(self):
        folder = self.copy_of("llama-odd")
        tensors = load_file(folder / "adapter_model.safetensors")
        lost = "base_model.model.model.layers.1.self_attn.v_proj.stan_D.weight"
        save_file({key: value for key, value in tensors.items() if key != lost}, folder / "adapter_model.safetensors")
        with self.assertRaisesRegex(KeyError, "layers.1.self_attn.v_proj.stan_D"):
            PeftModel.from_pretrained(load_base("llama-odd"), folder)
        save_file(tensors, folder / "adapter_model.safetensors")
        config = read_config(folder)
        config["target_modules"].remove("v_proj")
        (folder / "adapter_config.json").write_text(json.dumps(config))
        with self.assertRaisesRegex(KeyError, "v_proj.stan_.*belongs to no target module"):
            PeftModel.from_pretrained(load_base("llama-odd"), folder)


if __name__ == "__main__":
    unittest.main()

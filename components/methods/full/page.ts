import type { PageMethod } from "@/components/methods/page-method";
import type { FullConfig } from "@/lib/contract/methods/full/settings";

export const full: PageMethod<FullConfig> = {
  facts: () => [
    ["Trained", "weights and biases of the targets"],
    ["Frozen", "everything else, incl. embeddings and norms"],
  ],
  merging: () => "Replaces the base model's weights; nothing to merge.",
  downloadName: "Weights (safetensors)",
  withoutLatents: "This run fine-tuned the weights directly. It has no adapter, so there are no latents to inspect or steer.",
};

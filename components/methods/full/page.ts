import type { PageMethod } from "@/components/methods/page-method";
import type { FullConfig } from "@/lib/contract/methods/full/settings";

export const full: PageMethod<FullConfig> = {
  facts: () => [
    ["Trained", "weights and biases of the targets"],
    ["Frozen", "embeddings, norms and all else"],
  ],
  merging: () => "Weights in the place of the base model's: nothing runs beside them.",
  downloadName: "Weights (safetensors)",
  withoutLatents: "This run fine-tuned the weights directly. It has no adapter, so there are no latents to inspect or steer.",
};

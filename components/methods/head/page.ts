import type { PageMethod } from "@/components/methods/page-method";
import type { HeadConfig } from "@/lib/contract/methods/head/settings";

export const head: PageMethod<HeadConfig> = {
  facts: () => [],
  merging: () => "The base model is unchanged; only its head was trained.",
  downloadName: "Head (safetensors)",
  withoutLatents: "This run trained only the head. It has no adapter, so there are no latents to inspect or steer.",
};

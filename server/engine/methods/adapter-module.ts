import type { LatentMethods } from "./methods";

/** What each method with latents calls its own. */
export type Own = {
  readonly [Method in keyof LatentMethods]: {
    readonly settings: Parameters<LatentMethods[Method]["plan"]>[0];
    readonly module: ReturnType<LatentMethods[Method]["plan"]>;
    readonly tensors: ReturnType<LatentMethods[Method]["start"]>;
  };
};

export type AdapterSettings = Own[keyof Own]["settings"];

/** One adapted projection and its sizes. */
export type AdapterModule = Own[keyof Own]["module"];

/** A module's tensors as PEFT stores them. */
export type AdapterTensors = Own[keyof Own]["tensors"];

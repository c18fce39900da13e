import type { HostActivations } from "@/server/engine/methods/activations";
import type { AdapterModule } from "@/server/engine/methods/methods";
import type { HookPass } from "@/server/engine/models/projection-hook";
import { isTapped, type PreparedArm, type Run } from "./arm-runs";

/** Calls the tap of each arm that listens to the module with the activations of its neighbouring rows; those of positions are nobody's. */
export function reportActivations(module: AdapterModule, activations: HostActivations, pass: HookPass, { arms }: Run): void {
  if (pass.reads === "relativePositions") return;
  const { width, indices, values } = activations;
  forEachArm(arms, pass, (arm, from, to) => {
    if (!isTapped(arm, module.module)) return;
    const own = { indices: indices.subarray(from * width, to * width), values: values.subarray(from * width, to * width) };
    arm.onActivations?.(module, { tokens: to - from, width, ...own });
  });
}

/** @param norms by token of the run */
export function reportInjection(module: AdapterModule, norms: Float32Array, pass: HookPass, { arms }: Run): void {
  forEachArm(arms, pass, (arm, from, to) => {
    if (arm.editsByModule.has(module.module)) arm.onInjection?.(module, norms.subarray(from, to));
  });
}

/** Neighbouring rows of one arm at a time, by their tokens within the run. */
function forEachArm(arms: readonly PreparedArm[], { tokens }: HookPass, visit: (arm: PreparedArm, from: number, to: number) => void): void {
  let from = 0;
  arms.forEach((arm, row) => {
    if (arms[row + 1] === arm) return;
    visit(arm, from * tokens, (row + 1) * tokens);
    from = row + 1;
  });
}

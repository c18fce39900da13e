import { markOf, titleOf } from "@/components/generation/arm-titles";
import type { ImageArm } from "@/lib/contract/make-images";
import type { LatentMethod } from "@/lib/contract/run-config";

/** How an arm is called and marked. */
export function armLooks(arm: ImageArm, method: LatentMethod) {
  const looks = { method, other: null };
  return { title: titleOf(arm, looks), mark: markOf(arm, looks) };
}

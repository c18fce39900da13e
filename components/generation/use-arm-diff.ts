"use client";
import { useMemo } from "react";
import type { GeneratedToken } from "@/lib/contract/generate";
import { type ArmDiff, diffArms } from "./arm-diff";

const noTokens: readonly GeneratedToken[] = [];
/** While tokens come, texts are compared anew every so many. */
const stride = 16;

/** How two arms' texts differ: while tokens come, as far as both have come, to a few tokens. */
export function useArmDiff(
  first: readonly GeneratedToken[] = noTokens,
  second: readonly GeneratedToken[] = noTokens,
  isRunning: boolean,
): ArmDiff {
  const common = Math.floor(Math.min(first.length, second.length) / stride) * stride;
  const [firstLength, secondLength] = isRunning ? [common, common] : [first.length, second.length];
  const firstLast = first[firstLength - 1];
  const secondLast = second[secondLength - 1];
  // biome-ignore lint/correctness/useExhaustiveDependencies: tokens only follow each other, so the last one stands for all before it
  return useMemo(
    () =>
      diffArms(
        first.slice(0, firstLength).map(({ text }) => text),
        second.slice(0, secondLength).map(({ text }) => text),
      ),
    [firstLength, secondLength, firstLast, secondLast],
  );
}

import { z } from "zod";

/** What is read at each setting, as it is typed. */
export const readingsChoice = z.object({ continuationTokens: z.number(), targets: z.string() });
export type ReadingsChoice = z.infer<typeof readingsChoice>;

export const firstReadings: ReadingsChoice = { continuationTokens: 32, targets: "" };

const mostTargets = 8;

/** Strings separated by |, their spaces kept; `\n` is a line break. */
export function targetsOf({ targets }: Pick<ReadingsChoice, "targets">): string[] {
  return targets
    .split("|")
    .filter((text) => text !== "")
    .slice(0, mostTargets)
    .map((text) => text.replaceAll(String.raw`\n`, "\n"));
}

export function targetsText(targets: readonly string[]): string {
  return targets.map((text) => text.replaceAll("\n", String.raw`\n`)).join("|");
}

import type { ArmName, Generated, GeneratedArm, GenerateEvent } from "@/lib/contract/generate";

/**
 * The events of a generation as one answer. Arms without an end have been stopped with what they had.
 *
 * @param secondsSoFar how long a generation without an end has run, for its speed
 * @returns undefined where the generation failed, or never began
 */
export function gatherGenerated(events: readonly GenerateEvent[], secondsSoFar: number): Generated | undefined {
  const arms = new Map<ArmName, GeneratedArm>();
  const armOf = (arm: ArmName): GeneratedArm => {
    const known = arms.get(arm) ?? { arm, text: "", reason: "stopped", tokens: [] };
    arms.set(arm, known);
    return known;
  };
  let start: Extract<GenerateEvent, { kind: "start" }> | undefined;
  let end: Extract<GenerateEvent, { kind: "end" }> | undefined;
  for (const event of events) {
    switch (event.kind) {
      case "loading":
        break;
      case "error":
        return undefined;
      case "start":
        start = event;
        break;
      case "prompt":
        armOf(event.arm).prompt = event.tokens;
        break;
      case "token": {
        const arm = armOf(event.arm);
        arm.tokens.push(event.token);
        if (event.token.isSpecial !== true) arm.text += event.token.text;
        break;
      }
      case "armEnd":
        arms.set(event.arm, { ...armOf(event.arm), text: event.text, reason: event.reason });
        break;
      case "end":
        end = event;
        break;
    }
  }
  if (start === undefined) return undefined;
  const tokens = Array.from(arms.values(), (arm) => arm.tokens.length).reduce((sum, count) => sum + count, 0);
  return {
    promptTokens: start.promptTokens,
    watched: start.watched,
    arms: [...arms.values()],
    precision: start.precision,
    tokensPerSecond: end?.tokensPerSecond ?? tokens / Math.max(1e-3, secondsSoFar),
    ...(end?.generation === undefined ? {} : { generation: end.generation }),
  };
}

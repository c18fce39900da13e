import { tasks } from "@/lib/contract/tasks/tasks";
import { AnswerChangePanel } from "./answer-change-panel";
import { EffectPanel } from "./effect-panel";
import styles from "./latent.module.css";
import type { ShownLatent } from "./latent-side";
import { WritesPanel } from "./writes-panel";

/** What the latent does, side by side: the measured change of loss, and what it writes. */
export function LatentEffects({ home, detail, isDense, loss }: Pick<ShownLatent, "home" | "detail" | "isDense" | "loss">) {
  const answer = detail.effects.find((effect) => effect.answer !== undefined)?.answer;
  const { continuesText, answers } = tasks[loss];
  // A diffusion model gives neither text nor an answer, and its effects are not measured.
  if (!continuesText && answers === null) return null;
  return (
    <div className={styles["effects"]}>
      <EffectPanel effects={detail.effects} isDense={isDense} loss={loss} />
      {continuesText ? (
        <WritesPanel detail={detail} isDense={isDense} isDictionary={home.kind === "dictionary"} />
      ) : (
        <AnswerChangePanel answer={answer} />
      )}
    </div>
  );
}

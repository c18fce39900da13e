import { type EditStudyInput, studyRows } from "./study";

/** What is known of the texts that a study reads, before any is tokenised. */
export type StudyTexts = {
  /** Tokens of each prompt; of held-out beginnings, as many as are asked for. */
  readonly promptTokens: readonly number[];
  /** Tokens of a held-out row, in the mean. */
  readonly rowTokens: number;
  /** Latents that a bulk study will try. */
  readonly latents: number;
};

/** What a study costs at most: an engine leaves out what an edit does not change. */
export type StudyCost = {
  /** Arms with an edit of their own. */
  readonly settings: number;
  /** Rows of text that are read, over all arms: what the task's progress counts. */
  readonly rows: number;
  /** Tokens that are read in whole rows. */
  readonly readTokens: number;
  /** Tokens that are written one after another. */
  readonly writtenTokens: number;
};

/** How much a dose or a bulk study reads. */
export type StudyPlan = {
  readonly prompts: number;
  readonly targets: number;
  readonly heldOutRows: number;
  /** Arms with an edit of their own; the unchanged adapter and the base model are arms as well. */
  readonly settings: number;
  /** Whether every arm writes its own text. */
  readonly hasOwnTexts: boolean;
};

/** Rows of text that a study reads: what is announced before it starts, and what its progress counts. */
export function rowsOfStudy({ prompts, targets, heldOutRows, settings, hasOwnTexts }: StudyPlan): number {
  return prompts + (settings + 2) * (prompts * (1 + targets) + heldOutRows + (hasOwnTexts ? prompts : 0));
}

/** How many latents a bulk study tries at most. */
export function latentsOfStudy(study: EditStudyInput): number {
  if (study.kind !== "bulk") return 1;
  return Array.isArray(study.latents) ? study.latents.length : study.latents.count;
}

/** What a dose or a bulk study reads with so many prompts; `latents` is how many a bulk study will try. */
export function studyPlan(study: Exclude<EditStudyInput, { kind: "evaluation" }>, prompts: number, latents: number): StudyPlan {
  const targets = study.targets?.length ?? 0;
  // Only a dose reads rows and has every arm write its own text.
  if (study.kind === "bulk") return { prompts, targets, heldOutRows: 0, settings: latents, hasOwnTexts: false };
  const settings = new Set(study.values).size * (1 + (study.controls ?? 8));
  return { prompts, targets, heldOutRows: study.heldOutRows ?? studyRows, settings, hasOwnTexts: true };
}

/** An upper bound of what a study reads and writes, from its request alone. */
export function studyCost(study: EditStudyInput, { promptTokens, rowTokens, latents }: StudyTexts): StudyCost {
  if (study.kind === "evaluation") {
    const rows = 3 * (study.heldOutRows ?? 128);
    return { settings: 1, rows, readTokens: Math.round(rows * rowTokens), writtenTokens: 0 };
  }
  const plan = studyPlan(study, promptTokens.length, latents);
  const { prompts, targets, heldOutRows, settings, hasOwnTexts } = plan;
  const continuation = study.continuationTokens ?? 32;
  const ofPrompts = promptTokens.reduce((sum, tokens) => sum + tokens, 0);
  const arms = settings + 2;
  const tokensOfArm = (1 + targets) * ofPrompts + prompts * continuation + heldOutRows * rowTokens;
  return {
    settings,
    rows: rowsOfStudy(plan),
    readTokens: Math.round(ofPrompts + arms * tokensOfArm),
    writtenTokens: prompts * continuation * (hasOwnTexts ? arms + 1 : 1),
  };
}

"use client";
import { useQuery } from "@tanstack/react-query";
import { runRecordQuery } from "@/lib/client/runs";
import type { RunRecord } from "@/lib/contract/run";
import { defaultRowTokens } from "@/lib/contract/run-config";
import type { EditStudyInput } from "@/lib/contract/study";
import { type StudyPlan, studyCost, studyPlan } from "@/lib/contract/study-cost";
import { formatCount, formatDuration, formatInteger, formatPlural, formatSignificant } from "@/lib/numbers/format";
import { promptTokensOf } from "./prompt-choice";

type CostLineProps = { readonly runId: string; readonly study: EditStudyInput; readonly latents: number };

/** What the study will take, before it is started. */
export function CostLine({ runId, study, latents }: CostLineProps) {
  const run = useQuery(runRecordQuery(runId));
  const promptTokens = study.kind === "evaluation" ? [] : promptTokensOf(withDefaults(study.prompts));
  const cost = studyCost(study, { promptTokens, rowTokens: rowTokensOf(run.data), latents });
  const tokens = cost.readTokens + cost.writtenTokens;
  const perSecond = run.data?.run.cost?.tokensPerSecond ?? null;
  return (
    <p className="small mid">
      {cost.settings > 1 ? `${formatInteger(cost.settings)} settings, ` : ""}
      {formatPlural(cost.rows, "row")} of text{study.kind === "evaluation" ? "" : partsOf(studyPlan(study, promptTokens.length, latents))},
      at most {formatCount(tokens)} tokens
      {cost.writtenTokens > 0 ? `, ${formatCount(cost.writtenTokens)} of them written` : ""}
      {perSecond === null || perSecond <= 0
        ? "."
        : `: about ${formatDuration(roughly(tokens / perSecond))} at the ${formatSignificant(perSecond)} tokens/s at which this run was trained.`}
    </p>
  );
}

/** What each setting reads, so that it is clear why the number of rows changes with the form. */
function partsOf({ prompts, targets, heldOutRows }: StudyPlan): string {
  const parts = [
    formatPlural(prompts, "prompt"),
    targets === 0 ? "" : formatPlural(targets, "target"),
    heldOutRows === 0 ? "" : formatPlural(heldOutRows, "held-out row"),
  ];
  return ` (each setting: ${parts.filter(Boolean).join(", ")})`;
}

/** Whole minutes, above two: an estimate is no better. */
function roughly(seconds: number): number {
  return seconds < 120 ? Math.max(1, seconds) : 60 * Math.round(seconds / 60);
}

type Prompts = Exclude<EditStudyInput, { kind: "evaluation" }>["prompts"];

function withDefaults(prompts: Prompts): Parameters<typeof promptTokensOf>[0] {
  if ("texts" in prompts) return { texts: prompts.texts, useChatTemplate: prompts.useChatTemplate ?? false };
  return { heldOutRows: prompts.heldOutRows, promptTokens: prompts.promptTokens ?? 32 };
}

/** Of the rows that the run was trained on, in the mean; half of the longest where that is not known. */
function rowTokensOf(record: RunRecord | undefined): number {
  if (record === undefined) return 0;
  const { training } = record.config;
  if (training === null) return defaultRowTokens / 2;
  const { batchRows, maxTokens } = training;
  const last = record.newestStep;
  return last === null || last.step === 0 || last.tokens === null
    ? maxTokens / 2
    : Math.min(maxTokens, last.tokens / (last.step * batchRows));
}

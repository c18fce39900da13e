import type { LatentRef } from "@/lib/contract/edit";
import type { DetectionScore, ExplanationPreview, LatentLabel } from "@/lib/contract/label";
import { type LatentDetail, latentQuery } from "@/lib/contract/latent";
import { positionKindOf } from "@/lib/contract/positions/positions";
import { readLabel, saveLabel } from "@/server/db/labels/labels";
import { subjectOf } from "@/server/db/latents/collections";
import type { ServiceContext } from "@/server/services/context";
import { found, ServiceError } from "@/server/services/errors";
import { finishedCollection, whichLatent } from "@/server/services/latents/finished-collection";
import { getLatent } from "@/server/services/latents/get-latent";
import { askModel } from "./ask-model";
import { type ChosenExamples, chooseExamples } from "./choose-examples";
import { detectedNumbers, detectMessages, explainMessages, labelOf } from "./messages";
import { readExplainer, type StoredExplainer } from "./settings";

/** Stands for the label in the text that would try it: the label is not known before the first answer. */
const labelPlace = "{label}";

/** The very text that `explainLatent` would send; nothing is sent. */
export async function previewExplanation(context: ServiceContext, collectionId: string, latent: LatentRef): Promise<ExplanationPreview> {
  const { endpoint, model } = await readExplainer(context);
  const { detail, chosen } = await examplesOf(context, collectionId, latent);
  const scoring = detectMessages(labelPlace, chosen) ?? null;
  return { endpoint, model, messages: explainMessages(detail, chosen), scoring };
}

/**
 * Asks the configured language model for a latent's label and stores it; then has it told which held-out examples fire, by the label alone, and stores
 * precision and recall. A note that is there stays.
 *
 * @throws ServiceError when the explainer is off or the endpoint does not answer as it should; a label whose trial fails stays without a score
 */
export async function explainLatent(
  context: ServiceContext,
  collectionId: string,
  latent: LatentRef,
  signal: AbortSignal,
): Promise<LatentLabel> {
  const { store } = context;
  const explainer = await readExplainer(context);
  if (!explainer.isOn) throw new ServiceError("conflict", "The explainer is off. Set an endpoint and a model, then enable it.");
  const { detail, chosen } = await examplesOf(context, collectionId, latent);
  const subject = subjectOf(await finishedCollection(store, collectionId));
  const text = labelOf(await askModel(explainer, explainMessages(detail, chosen), signal));
  if (text === "") throw new ServiceError("unavailable", `${explainer.model} answered without a label.`);
  const note = (await readLabel(store.db, subject, latent))?.note ?? "";
  const label = { ...latent, text, note, source: "explainer" as const };
  await saveLabel(store.db, subject, { ...label, score: null });
  const score = await tryLabel(explainer, text, chosen, signal);
  if (score !== null) await saveLabel(store.db, subject, { ...label, score });
  return found((await readLabel(store.db, subject, latent)) ?? undefined, `label of ${whichLatent(latent)}`);
}

async function examplesOf(
  context: ServiceContext,
  collectionId: string,
  latent: LatentRef,
): Promise<{ detail: LatentDetail; chosen: ChosenExamples }> {
  const detail = await getLatent(context, latent, latentQuery.parse({ collectionId }));
  const { plural, hasVocabulary } = positionKindOf(detail.positionKind);
  if (!hasVocabulary)
    throw new ServiceError(
      "conflict",
      `The explainer reads text, but the positions of this collection are ${plural}: write the label by hand.`,
    );
  const chosen = chooseExamples(detail);
  if (chosen.shown.length === 0) throw new ServiceError("conflict", "The latent has no example to show to a language model.");
  return { detail, chosen };
}

/** Null where too few examples are held out to try it on. */
async function tryLabel(
  explainer: StoredExplainer,
  text: string,
  chosen: ChosenExamples,
  signal: AbortSignal,
): Promise<DetectionScore | null> {
  const messages = detectMessages(text, chosen);
  if (messages === undefined) return null;
  const answer = await askModel(explainer, messages, signal).catch((error: unknown) => {
    if (!(error instanceof ServiceError)) throw error;
    throw new ServiceError(error.code, `The label is stored without a score: ${error.message}`, { cause: error });
  });
  const { heldOut } = chosen;
  const detected = detectedNumbers(answer, heldOut.length);
  if (detected === undefined) {
    throw new ServiceError(
      "unavailable",
      `The label is stored without a score: ${explainer.model} was asked for a list of numbers but answered: ${answer.slice(0, 200)}`,
    );
  }
  const firing = heldOut.filter(({ fires }) => fires).length;
  const right = heldOut.filter(({ fires }, i) => fires && detected.has(i + 1)).length;
  return {
    precision: detected.size === 0 ? null : right / detected.size,
    recall: firing === 0 ? null : right / firing,
    firing,
    quiet: heldOut.length - firing,
    judge: explainer.model,
  };
}

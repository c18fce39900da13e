import { stateSuffix } from "@/components/latents/address-state";
import { editFromText, editToText } from "@/components/latents/edit-text";
import { type Edit, editList, type LatentRef, latentRef } from "@/lib/contract/edit";
import { type ArmName, armName, type SamplingSettings, samplingSettings } from "@/lib/contract/generate";
import { type WeightPrecision, weightPrecision } from "@/lib/contract/run-config";

/** All that a link to this page reproduces. */
export type SteerParams = {
  readonly collectionId: string | null;
  readonly prompt: string;
  /** Null follows how the run was trained. */
  readonly useChatTemplate: boolean | null;
  readonly arms: readonly ArmName[];
  /** The run of the arm `other`. */
  readonly otherRun: string | null;
  /** Whose text all arms read; null where each continues its own. */
  readonly forced: { readonly by: ArmName } | { readonly text: string } | null;
  readonly sampling: SamplingSettings;
  /** Null follows the run's. */
  readonly precision: WeightPrecision | null;
  readonly edits: readonly Edit[];
  readonly watch: readonly LatentRef[];
  /** `module index` of the latent that colours the text, `none`, or null for the first one. */
  readonly coloured: string | null;
  /** The two arms whose texts are compared. */
  readonly compared: readonly [ArmName, ArmName];
  /** The study whose result is shown. */
  readonly studyId: string | null;
};

const defaults = samplingSettings.parse({});
const allArms: readonly ArmName[] = ["base", "adapter", "edited", "other"];
const plainCompared = ["adapter", "edited"] as const;
const numbers = ["maxTokens", "temperature", "topK", "topP", "repetitionPenalty", "seed"] as const;
const longestText = 100_000;

/** Reads a query string; what makes no sense is left out, so that the rest of a link still opens. */
export function readSteerParams(search: URLSearchParams): SteerParams {
  const otherRun = search.get("other") || null;
  const named = (search.get("arms") ?? "").split(",");
  const usual = usualArms(otherRun);
  const arms = usual.filter((arm) => named.includes(arm));
  const edits = search.getAll("edit").flatMap((text) => editFromText(text) ?? []);
  const watch = search.getAll("watch").flatMap((text) => latentFromText(text) ?? []);
  return {
    collectionId: search.get("collection"),
    prompt: (search.get("prompt") ?? "").slice(0, longestText),
    useChatTemplate: search.get("chat") === "1" ? true : search.get("chat") === "0" ? false : null,
    arms: arms.length === 0 ? usual : arms,
    otherRun,
    forced: readForced(search),
    sampling: readSampling(search),
    precision: weightPrecision.safeParse(search.get("precision")).data ?? null,
    edits: editList.safeParse(edits).success ? edits : edits.slice(0, 256),
    watch: watch.slice(0, 16),
    coloured: search.get("colour"),
    compared: readCompared(search.get("compare")),
    studyId: search.get("study") || null,
  };
}

/** The end of the address that says these parameters, defaults left out. */
export function writeSteerParams(params: SteerParams): string {
  const search = new URLSearchParams();
  if (params.prompt !== "") search.set("prompt", params.prompt);
  if (params.collectionId !== null) search.set("collection", params.collectionId);
  if (params.useChatTemplate !== null) search.set("chat", params.useChatTemplate ? "1" : "0");
  if (params.arms.length < usualArms(params.otherRun).length) search.set("arms", params.arms.join(","));
  if (params.otherRun !== null) search.set("other", params.otherRun);
  if (params.forced !== null && "by" in params.forced) search.set("forced", params.forced.by);
  if (params.forced !== null && "text" in params.forced) search.set("forcedText", params.forced.text);
  for (const name of numbers) if (params.sampling[name] !== defaults[name]) search.set(name, String(params.sampling[name]));
  if (params.precision !== null) search.set("precision", params.precision);
  for (const text of params.sampling.stop) search.append("stop", text);
  for (const edit of params.edits) search.append("edit", editToText(edit));
  for (const latent of params.watch) search.append("watch", `${latent.module}*${latent.index}`);
  if (params.coloured !== null) search.set("colour", params.coloured);
  if (params.compared.some((arm, at) => arm !== plainCompared[at])) search.set("compare", params.compared.join(","));
  if (params.studyId !== null) search.set("study", params.studyId);
  return stateSuffix(search);
}

/** Arms without a choice: the run's three, and another run's where one is named. */
export function usualArms(otherRun: string | null): readonly ArmName[] {
  return allArms.filter((arm) => arm !== "other" || otherRun !== null);
}

function readForced(search: URLSearchParams): SteerParams["forced"] {
  const by = armName.safeParse(search.get("forced"));
  if (by.success) return { by: by.data };
  const text = search.get("forcedText");
  return text === null ? null : { text: text.slice(0, longestText) };
}

function readCompared(text: string | null): SteerParams["compared"] {
  const [first, second] = (text ?? "").split(",").map((name) => armName.safeParse(name).data);
  return first === undefined || second === undefined || first === second ? plainCompared : [first, second];
}

function readSampling(search: URLSearchParams): SamplingSettings {
  let sampling = defaults;
  for (const name of numbers) {
    const text = search.get(name);
    if (text === null || text === "") continue;
    const changed = samplingSettings.safeParse({ ...sampling, [name]: Number(text) });
    if (changed.success) sampling = changed.data;
  }
  const stops = samplingSettings.safeParse({ ...sampling, stop: search.getAll("stop") });
  return stops.success ? stops.data : sampling;
}

function latentFromText(text: string): LatentRef | null {
  const [module, index] = text.split("*");
  const parsed = latentRef.safeParse({ module, index: index === undefined || index === "" ? undefined : Number(index) });
  return parsed.success ? parsed.data : null;
}

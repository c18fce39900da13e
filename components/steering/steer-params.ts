import { editFromText, editToText } from "@/components/latents/edit-text";
import { type Edit, editList, type LatentRef, latentRef } from "@/lib/contract/edit";
import { type ArmName, type GenerateRequest, generateRequest, type SamplingSettings, samplingSettings } from "@/lib/contract/generate";

/** All that a link to this page reproduces. */
export type SteerParams = {
  readonly collectionId: string | null;
  readonly prompt: string;
  /** Null follows how the run was trained. */
  readonly useChatTemplate: boolean | null;
  readonly arms: readonly ArmName[];
  readonly sampling: SamplingSettings;
  readonly edits: readonly Edit[];
  readonly watch: readonly LatentRef[];
  /** `module index` of the latent that colours the text, `none`, or null for the first one. */
  readonly coloured: string | null;
};

const defaults = samplingSettings.parse({});
const allArms: readonly ArmName[] = ["base", "adapter", "edited"];
const numbers = ["maxTokens", "temperature", "topK", "topP", "repetitionPenalty", "seed"] as const;

/** Reads a query string; what makes no sense is left out, so that the rest of a link still opens. */
export function readSteerParams(search: URLSearchParams): SteerParams {
  const arms = allArms.filter((arm) => (search.get("arms") ?? "").split(",").includes(arm));
  const edits = search.getAll("edit").flatMap((text) => editFromText(text) ?? []);
  const watch = search.getAll("watch").flatMap((text) => latentFromText(text) ?? []);
  return {
    collectionId: search.get("collection"),
    prompt: (search.get("prompt") ?? "").slice(0, 100_000),
    useChatTemplate: search.get("chat") === "1" ? true : search.get("chat") === "0" ? false : null,
    arms: arms.length === 0 ? allArms : arms,
    sampling: readSampling(search),
    edits: editList.safeParse(edits).success ? edits : edits.slice(0, 256),
    watch: watch.slice(0, 16),
    coloured: search.get("colour"),
  };
}

/** The query string of these parameters, defaults left out. */
export function writeSteerParams(params: SteerParams): string {
  const search = new URLSearchParams();
  if (params.prompt !== "") search.set("prompt", params.prompt);
  if (params.collectionId !== null) search.set("collection", params.collectionId);
  if (params.useChatTemplate !== null) search.set("chat", params.useChatTemplate ? "1" : "0");
  if (params.arms.length < allArms.length) search.set("arms", params.arms.join(","));
  for (const name of numbers) if (params.sampling[name] !== defaults[name]) search.set(name, String(params.sampling[name]));
  for (const text of params.sampling.stop) search.append("stop", text);
  for (const edit of params.edits) search.append("edit", editToText(edit));
  for (const latent of params.watch) search.append("watch", `${latent.module}*${latent.index}`);
  if (params.coloured !== null) search.set("colour", params.coloured);
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

/** What is sent to be generated. */
export function requestOf(params: SteerParams, useChatTemplate: boolean): GenerateRequest {
  return generateRequest.parse({
    prompt: params.prompt,
    useChatTemplate,
    arms: [...params.arms],
    edits: [...params.edits],
    sampling: params.sampling,
    watch: [...params.watch],
  });
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

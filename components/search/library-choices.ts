import { methodName } from "@/components/shell/method-mark";
import { visibleToken } from "@/lib/contract/automatic-label";
import type { DataSetSummary } from "@/lib/contract/data-set";
import type { FoundLatent } from "@/lib/contract/find-latents";
import type { CollectionSummary } from "@/lib/contract/latent";
import { latentKey } from "@/lib/contract/latent-key";
import type { ModelSummary } from "@/lib/contract/model";
import type { RunSummary } from "@/lib/contract/run";
import { formatCount, formatPlural } from "@/lib/numbers/format";
import type { Place } from "./recent";

export function runChoice({ id, name, seed, method, modelName, dataName }: RunSummary): Place {
  const detail = [methodName(method), modelName, dataName, ...(seed === null ? [] : [`seed ${seed}`])].join(" · ");
  return { key: `run ${id}`, title: name, detail, href: `/runs/${encodeURIComponent(id)}` };
}

export function modelChoice({ id, name, parameters }: ModelSummary): Place {
  return { key: `model ${id}`, title: name, detail: `${formatCount(parameters)} parameters`, href: "/models" };
}

export function dataSetChoice({ id, name, rows }: DataSetSummary): Place {
  return { key: `dataset ${id}`, title: name, detail: formatPlural(rows, "row"), href: `/data?show=${encodeURIComponent(id)}` };
}

export function dictionaryChoice({ id, name, numLatents }: CollectionSummary): Place {
  const href = `/dictionaries/${encodeURIComponent(id)}/latents`;
  return { key: `dictionary ${id}`, title: name, detail: formatPlural(numLatents, "latent"), href };
}

/** By its label, or by its name where it has none; a token for which it was found is said where the label has none of them. */
export function latentChoice({ collectionId, origin, within, label, tokens, ...latent }: FoundLatent): Place {
  const name = latentKey(latent);
  const isRun = origin.kind === "run";
  const home = isRun ? `/runs/${encodeURIComponent(origin.runId)}` : `/dictionaries/${encodeURIComponent(collectionId)}`;
  const found = tokens.map(visibleToken);
  const firesAt = found.length === 0 || found.some((token) => label.includes(token)) ? [] : [`fires at ${found.join(", ")}`];
  const query = isRun ? `?collection=${encodeURIComponent(collectionId)}` : "";
  return {
    key: `latent ${collectionId} ${latent.module} ${latent.index}`,
    title: label === "" ? name : label,
    detail: [...firesAt, ...(label === "" ? [] : [name]), within].join(" · "),
    href: `${home}/latents/${encodeURIComponent(latent.module)}/${latent.index}${query}`,
  };
}

"use client";
import { useQuery } from "@tanstack/react-query";
import styles from "@/components/models/models.module.css";
import { classNames } from "@/components/ui/class-names";
import { FailedPart } from "@/components/ui/failed-part";
import { useSettled } from "@/components/ui/use-settled";
import { foundHubModelsQuery } from "@/lib/client/hub";
import type { FoundHubModel } from "@/lib/contract/hub";
import { formatBytes, formatCount, formatPlural } from "@/lib/numbers/format";
import { mayRun, supportWords } from "./support-words";

/** Shorter texts are not searched; nor is each letter of a word that is being typed. Both are our choice. */
const fewestLetters = 2;
const pauseMs = 400;

type FoundModelsProps = { readonly typed: string; readonly onChoose: (id: string) => void };

/** The hub's models whose names contain what is typed. */
export function FoundModels({ typed, onChoose }: FoundModelsProps) {
  const text = useSettled(typed, pauseMs);
  const found = useQuery({ ...foundHubModelsQuery(text), enabled: text.length >= fewestLetters });
  if (text.length < fewestLetters) return null;
  if (found.data === undefined && found.error === null) return <p className="note">Searching…</p>;
  return (
    <div className="stack gap-4">
      <FailedPart query={found} failure="Could not search the hub" />
      {found.data === undefined ? null : (
        <p className="note" role="status">
          {found.data.length === 0 ? `No model’s name contains “${text}”` : `${formatPlural(found.data.length, "model")}, by downloads`}
        </p>
      )}
      <ul className={styles["found"]} aria-label="Models on the hub">
        {(found.data ?? []).map((model) => (
          <li key={model.id}>
            <button type="button" className={styles["result"]} onClick={() => onChoose(model.id)}>
              <span className="mono small">{model.id}</span>
              <span className="tiny dim">{factsOf(model).join(" · ")}</span>
              <span className={classNames("tiny", mayRun(model.support) ? "dim" : styles["unsupported"])}>
                {model.support.architecture === null ? "architecture not stated" : supportWords(model.support)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function factsOf({ downloads, sizeBytes, format, licence, isGated }: FoundHubModel): string[] {
  const size = sizeBytes === null ? [] : [formatBytes(sizeBytes)];
  const form = format === "gguf" ? ["GGUF"] : format === null ? ["no safetensors or GGUF"] : [];
  return [`${formatCount(downloads)} downloads`, ...size, ...form, licence ?? "licence not stated", ...(isGated ? ["gated"] : [])];
}

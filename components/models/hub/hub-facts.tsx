"use client";
import { ErrorNote } from "@/components/ui/error-note";
import { KeyValues } from "@/components/ui/key-values";
import { Select } from "@/components/ui/select";
import type { HubChoice, HubModel } from "@/lib/contract/hub";
import { formatBytes, formatCount, formatPlural } from "@/lib/numbers/format";
import { supportWords } from "./support-words";

type HubFactsProps = {
  readonly model: HubModel;
  readonly chosen: HubChoice | undefined;
  readonly onChoose: (file: string) => void;
};

/** What to know of a model before it is fetched, and which of its files are. */
export function HubFacts({ model, chosen, onChoose }: HubFactsProps) {
  const { licence, page, downloads, support, choices, freeBytes, isGated } = model;
  const obstacle = obstacleOf(model, chosen);
  return (
    <>
      {choices.length > 1 ? (
        <Select
          label="Files"
          hasLabel
          field="file"
          value={chosen?.file ?? ""}
          options={choices.map((choice) => ({ value: choice.file ?? "", label: `${nameOf(choice)}, ${formatBytes(choice.sizeBytes)}` }))}
          onValueChange={onChoose}
        />
      ) : null}
      <KeyValues
        entries={[
          ["Size", chosen === undefined ? "nothing to fetch" : `${formatBytes(chosen.sizeBytes)} (${nameOf(chosen)})`],
          ["Free on disk", formatBytes(freeBytes)],
          [
            "Licence",
            <a key="page" className="link" href={page} target="_blank" rel="noopener noreferrer">
              {licence ?? "not stated; see the model’s page"}
              {isGated ? ", gated" : ""}
            </a>,
          ],
          ["Architecture", supportWords(support)],
          ["Downloads", `${formatCount(downloads)} in the last month`],
        ]}
      />
      {obstacle === null ? null : obstacle.isAccess ? (
        <ErrorNote tone="warn" title="Access is needed">
          Accept the licence on the{" "}
          <a className="link" href={page} target="_blank" rel="noopener noreferrer">
            model’s page
          </a>
          , then store an access token below.
        </ErrorNote>
      ) : (
        <ErrorNote tone="warn" title="This model cannot be fetched">
          {obstacle.reason}
        </ErrorNote>
      )}
    </>
  );
}

/** What keeps a model from being fetched; null where nothing does. */
export function obstacleOf(model: HubModel, chosen: HubChoice | undefined): { readonly isAccess: boolean; readonly reason: string } | null {
  const { support, problem, freeBytes, isReadable } = model;
  if (support.isSupported === false) return { isAccess: false, reason: `Its architecture is ${supportWords(support)}.` };
  if (problem !== null) return { isAccess: false, reason: problem };
  if (chosen === undefined) return { isAccess: false, reason: "It has neither safetensors nor GGUF files." };
  if (chosen.sizeBytes > freeBytes)
    return {
      isAccess: false,
      reason: `It takes ${formatBytes(chosen.sizeBytes)}, but ${formatBytes(freeBytes)} are free. Free some space first.`,
    };
  return isReadable ? null : { isAccess: true, reason: "" };
}

function nameOf({ file, files }: HubChoice): string {
  return file ?? `safetensors, ${formatPlural(files, "file")}`;
}

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
  const { licence, page, downloads, support, choices, freeBytes, isGated, isReadable } = model;
  const problem = problemOf(model, chosen);
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
      {problem !== null ? (
        <ErrorNote tone="warn" title="This model cannot be fetched">
          {problem}
        </ErrorNote>
      ) : isReadable ? null : (
        <ErrorNote tone="warn" title="Access is needed">
          Accept the licence on the{" "}
          <a className="link" href={page} target="_blank" rel="noopener noreferrer">
            model’s page
          </a>
          , then store an access token below.
        </ErrorNote>
      )}
    </>
  );
}

/** Whether nothing keeps a model's files from being fetched. */
export function mayFetch(model: HubModel, chosen: HubChoice | undefined): boolean {
  return model.isReadable && problemOf(model, chosen) === null;
}

/** Why a model cannot be fetched, access aside; null where it can be. */
function problemOf({ support, problem, freeBytes }: HubModel, chosen: HubChoice | undefined): string | null {
  if (support.isSupported === false) return `Its architecture is ${supportWords(support)}.`;
  if (problem !== null) return problem;
  if (chosen === undefined) return "It has neither safetensors nor GGUF files.";
  if (chosen.sizeBytes > freeBytes)
    return `It needs ${formatBytes(chosen.sizeBytes)}, but only ${formatBytes(freeBytes)} are free. Free some space first.`;
  return null;
}

function nameOf({ file, files }: HubChoice): string {
  return file ?? `safetensors, ${formatPlural(files, "file")}`;
}

"use client";
import { useQuery } from "@tanstack/react-query";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { useSettled } from "@/components/ui/use-settled";
import { dataSetsQuery } from "@/lib/client/data";
import { dictionariesQueryOptions } from "@/lib/client/dictionaries";
import { findLatentsQueryOptions } from "@/lib/client/find-latents";
import { modelsQuery } from "@/lib/client/models";
import { runRecordQuery, runsQuery } from "@/lib/client/runs";
import { type Choice, type ChoiceGroup, matching } from "./choice";
import { dataSetChoice, dictionaryChoice, latentChoice, modelChoice, runChoice } from "./library-choices";
import { choicesOfRun, pages } from "./pages";
import { readRecent } from "./recent";

const mostOfAKind = 6;
const shortestSearch = 2;
/** The pause after typing before a search is sent, so that not every letter sends one. */
const typingMs = 150;

type Choices = {
  readonly groups: readonly ChoiceGroup[];
  /** Whether more may come: latents are still being searched. */
  readonly isSearching: boolean;
  /** Finished collections that were not searched. */
  readonly notSearched: number;
  /** Why a part could not be read; null where all was. */
  readonly error: Error | null;
  readonly again: () => void;
};

/** What the dialog lists for a text; before anything is typed, what was opened last, commands and pages. */
export function useChoices(text: string, commands: readonly Choice[]): Choices {
  const [recent] = useState(readRecent);
  const runs = useQuery(runsQuery());
  const models = useQuery(modelsQuery());
  const dataSets = useQuery(dataSetsQuery());
  const dictionaries = useQuery(dictionariesQueryOptions());
  const wanted = text.trim();
  const settled = useSettled(wanted, typingMs);
  const latents = useQuery(findLatentsQueryOptions(settled.length < shortestSearch ? "" : settled));
  const here = useOpenRunPages();

  const reads = [runs, models, dataSets, dictionaries, latents];
  const failed = reads.filter(({ error }) => error !== null);
  const isSearching = wanted.length >= shortestSearch && (wanted !== settled || latents.isFetching);
  const of = (choices: readonly Choice[] | undefined) => matching(choices ?? [], wanted, mostOfAKind);
  const groups: ChoiceGroup[] =
    wanted === ""
      ? [
          { name: "Recent", choices: recent },
          { name: "This run", choices: here },
          { name: "Runs", choices: (runs.data ?? []).slice(0, mostOfAKind).map(runChoice) },
          { name: "Commands", choices: commands },
          { name: "Pages", choices: pages },
        ].map(withoutRepeats(recent))
      : [
          { name: "Runs", choices: of(runs.data?.map(runChoice)) },
          { name: "This run", choices: of(here) },
          { name: "Commands", choices: of(commands) },
          { name: "Pages", choices: of(pages) },
          { name: "Models", choices: of(models.data?.map(modelChoice)) },
          { name: "Datasets", choices: of(dataSets.data?.map(dataSetChoice)) },
          { name: "Dictionaries", choices: of(dictionaries.data?.map(dictionaryChoice)) },
          // Last, since they come later than the others and would move them.
          { name: "Latents", choices: wanted.length < shortestSearch ? [] : (latents.data?.latents ?? []).map(latentChoice) },
        ];
  return {
    groups: groups.filter(({ choices }) => choices.length > 0),
    isSearching,
    notSearched: wanted.length < shortestSearch ? 0 : (latents.data?.notSearched ?? 0),
    error: failed[0]?.error ?? null,
    again: () => {
      for (const { refetch } of failed) void refetch();
    },
  };
}

function useOpenRunPages(): readonly Choice[] {
  const pathname = usePathname();
  const name = /^\/runs\/([^/]+)/.exec(pathname)?.[1] ?? "";
  const id = notRuns.includes(name) ? "" : decodeURIComponent(name);
  const record = useQuery({ ...runRecordQuery(id), enabled: id !== "" }).data;
  return record === undefined ? [] : choicesOfRun(record);
}

/** Pages beside those of runs. */
const notRuns: readonly string[] = ["new", "import"];

/** Each choice once: what was opened last is not listed again under its kind. */
function withoutRepeats(recent: readonly Choice[]) {
  const keys = new Set(recent.map(({ key }) => key));
  return ({ name, choices }: ChoiceGroup): ChoiceGroup => ({
    name,
    choices: name === "Recent" ? choices : choices.filter(({ key }) => !keys.has(key)),
  });
}

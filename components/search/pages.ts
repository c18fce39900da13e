import { places } from "@/components/shell/main-nav";
import { pagesOfRun } from "@/components/shell/run-pages";
import type { RunRecord } from "@/lib/contract/run";
import type { Choice } from "./choice";

/** Every page that is always there. */
export const pages: readonly Choice[] = [
  ...places.map(({ name, path }) => toPage(name, path)),
  toPage("Dictionaries", "/dictionaries"),
  toPage("Explainer", "/explainer"),
];

/** The pages of the run that is open. */
export function choicesOfRun(record: RunRecord): Choice[] {
  return pagesOfRun(record.run.id, record).map(({ name, path }) => ({
    key: `run page ${name}`,
    title: name,
    detail: `Page of ${record.run.name}`,
    href: path,
  }));
}

function toPage(title: string, href: string): Choice {
  return { key: `page ${href}`, title, detail: "", href };
}

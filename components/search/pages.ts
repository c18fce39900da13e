import { places } from "@/components/shell/main-nav";
import type { Choice } from "./choice";

/** Every page that is always there. */
export const pages: readonly Choice[] = [
  ...places.map(({ name, path }) => toPage(name, path)),
  toPage("Dictionaries", "/dictionaries"),
  toPage("Explainer", "/explainer"),
];

const tabs = [
  { name: "Overview", path: "" },
  { name: "Latents", path: "/latents" },
  { name: "Concepts", path: "/concepts" },
  { name: "Benchmarks", path: "/benchmarks" },
  { name: "Steer", path: "/steer" },
  { name: "Your text", path: "/text" },
] as const;

/** The pages of the run that is open. */
export function pagesOfRun(run: { readonly id: string; readonly name: string }, hasLatents: boolean): Choice[] {
  const withoutLatents: readonly string[] = ["Overview", "Benchmarks"];
  return tabs
    .filter(({ name }) => hasLatents || withoutLatents.includes(name))
    .map(({ name, path }) => ({
      key: `run page ${path}`,
      title: name,
      detail: `Page of ${run.name}`,
      href: `/runs/${encodeURIComponent(run.id)}${path}`,
    }));
}

function toPage(title: string, href: string): Choice {
  return { key: `page ${href}`, title, detail: "", href };
}

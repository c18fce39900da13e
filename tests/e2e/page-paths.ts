import { readdirSync } from "node:fs";

export type PageParts = {
  readonly run: string;
  readonly otherRun: string;
  readonly module: string;
  readonly index: number;
};

/** A page of each route that needs no more than two runs and their latents, by its folder in `app/`. */
export function pagePaths({ run, otherRun, module, index }: PageParts): Readonly<Record<string, string>> {
  return {
    "(home)": "/",
    api: "/api",
    compare: `/compare?runs=${run},${otherRun}`,
    data: "/data",
    "dictionaries/(list)": "/dictionaries",
    "experiments/(list)": "/experiments",
    "experiments/new": "/experiments/new",
    explainer: "/explainer",
    jobs: "/jobs",
    models: "/models",
    "runs/[run]": `/runs/${run}`,
    "runs/[run]/benchmarks": `/runs/${run}/benchmarks`,
    "runs/[run]/concepts": `/runs/${run}/concepts`,
    "runs/[run]/latents/(table)": `/runs/${run}/latents`,
    "runs/[run]/latents/[module]/[index]": `/runs/${run}/latents/${module}/${index}`,
    "runs/[run]/measures": `/runs/${run}/measures`,
    "runs/[run]/steer": `/runs/${run}/steer`,
    "runs/[run]/text": `/runs/${run}/text`,
    "runs/import": "/runs/import",
    "runs/new": "/runs/new",
  };
}

/** Routes whose pages need what takes a longer preparation: an experiment, a dictionary. */
export const unpreparedRoutes: readonly string[] = [
  "dictionaries/[collection]/latents/(table)",
  "dictionaries/[collection]/latents/[module]/[index]",
  "experiments/[experiment]",
];

/** Every folder in `app/` that has a page. */
export function routesOfPages(): string[] {
  return readdirSync("app", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("/page.tsx"))
    .map((file) => file.slice(0, -"/page.tsx".length))
    .sort();
}

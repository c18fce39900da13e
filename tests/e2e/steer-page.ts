import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Edit, LatentRef } from "@/lib/contract/edit";
import type { Generated } from "@/lib/contract/generate";
import type { CollectionSummary, LatentRow } from "@/lib/contract/latent";
import type { RunSummary } from "@/lib/contract/run";
import type { KeptGenerationDetail } from "@/lib/contract/steering";
import { openPage, untilItListens, untilOver } from "./browser";
import { type Place, patient, wide } from "./open-latents";

/** A run of the demonstration, as scripts see it. */
export type DemonstrationRun = { readonly run: RunSummary; readonly collection: CollectionSummary };

export const prompt = "And Moses said unto the people";

/** Opens a page, works on it, and demands that nothing was complained of. */
export async function onPage<Result>(
  { browser, url }: Place,
  path: string,
  work: (page: Page) => Promise<Result>,
  size = wide,
): Promise<Result> {
  const { page, complaints } = await openPage(browser(), url(), size);
  await page.goto(path);
  const result = await work(page);
  expect(complaints).toEqual([]);
  await page.context().close();
  return result;
}

/** The same on the page Steer, once it takes keys. */
export function onSteerPage<Result>(place: Place, path: string, work: (page: Page) => Promise<Result>, size = wide): Promise<Result> {
  const whenReady = async (page: Page) => {
    await page.getByRole("button", { name: "Run ⌃↵" }).waitFor();
    return work(page);
  };
  return onPage(place, path, whenReady, size);
}

/** What an address of the application answers. */
export async function ask<Answer>({ url }: Place, path: string, body?: unknown): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url()}${path}`, body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}

export async function demonstrationRun(place: Place, name = /^STAN M=/): Promise<DemonstrationRun> {
  const { runs } = await ask<{ runs: RunSummary[] }>(place, "/api/runs");
  const run = runs.find((one) => name.test(one.name));
  if (run === undefined) throw new Error(`no run is called ${name}`);
  const collection = await until(async () => {
    const { collections } = await ask<{ collections: CollectionSummary[] }>(place, `/api/runs/${run.id}/collections`);
    return collections.find(({ status }) => status === "finished");
  });
  return { run, collection };
}

/** The two latents of a run that fire at most tokens, among those whose ablation changes what follows the prompt: an edit of them shows. */
export async function busyLatents(place: Place, { run, collection }: DemonstrationRun): Promise<[LatentRow, LatentRow]> {
  const { rows } = await ask<{ rows: LatentRow[] }>(place, `/api/collections/${collection.id}/latents?sort=density&limit=100`);
  const found: LatentRow[] = [];
  for (const row of rows) {
    const edits = [{ operation: "ablatePost", latent: { module: row.module, index: row.index } }];
    const body = { prompt, stream: false, sampling: { maxTokens: 1 }, arms: ["adapter", "edited"], edits };
    const { arms } = await ask<Pick<Generated, "arms">>(place, `/api/runs/${run.id}/generate`, body);
    if ((arms.find(({ arm }) => arm === "edited")?.tokens[0]?.klToAdapter ?? 0) > 0) found.push(row);
    const [first, second] = found;
    if (first !== undefined && second !== undefined) return [first, second];
  }
  throw new Error(`fewer than two latents of ${collection.name} change what follows "${prompt}"`);
}

/** `L5 v_proj #12`, as the page calls it. */
export function nameOf({ module, index }: LatentRef, { collection }: DemonstrationRun): string {
  const found = collection.modules.find(({ name }) => name === module);
  return `L${found?.layer} ${found?.projection} #${index}`;
}

export function steerPath({ run }: DemonstrationRun, search: Readonly<Record<string, string>>, edits: readonly string[] = []): string {
  const query = new URLSearchParams(search);
  for (const edit of edits) query.append("edit", edit);
  return `/runs/${run.id}/steer?${query}`;
}

/** Edits as the address says them, the page having written it. */
export function editsInAddress(page: Page): string[] {
  return new URL(page.url()).searchParams.getAll("edit");
}

export const arms = (page: Page) => page.locator("article");
export const armText = (page: Page, at: number) => arms(page).nth(at).locator("p");

/** Runs with the keys, and waits until every arm has ended; what was generated before may be shown until then. */
export async function runAndWait(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Run ⌃↵" }).waitFor();
  await untilItListens(page);
  const generated = untilOver(page, (path) => path.endsWith("/generate"));
  await page.keyboard.press("Control+Enter");
  await generated;
  await ended(page);
}

/** Waits until what is shown is whole. */
export async function ended(page: Page): Promise<void> {
  await page.getByText(/tokens\/s over all arms/).waitFor();
}

/** The newest generation of the run's history. */
export async function newestKept(place: Place, { run }: DemonstrationRun): Promise<KeptGenerationDetail> {
  const { generations } = await ask<{ generations: { id: string }[] }>(place, `/api/runs/${run.id}/generations?limit=1`);
  return ask<KeptGenerationDetail>(place, `/api/generations/${generations[0]?.id}`);
}

/** What a page offers as a download when something is pressed. */
export async function downloaded(page: Page, press: () => Promise<void>): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent("download"), press()]);
  const parts: Buffer[] = [];
  for await (const part of await file.createReadStream()) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString("utf8");
}

/** The list that the page has, from the file that it writes. */
export async function editsOfPage(page: Page): Promise<Edit[]> {
  const text = await downloaded(page, () => page.getByTitle("The list as a file that opens here and on the command line").click());
  return (JSON.parse(text) as { edits: Edit[] }).edits;
}

export async function showsCount(page: Page, words: string): Promise<void> {
  await expect.poll(() => page.getByRole("heading", { name: /^Edits/ }).textContent(), patient).toBe(`Edits ${words}`);
}

/** One row of as many columns as arms, each as wide as the next. */
export async function expectAligned(page: Page): Promise<void> {
  const boxes = await arms(page).evaluateAll((articles) => articles.map((article) => article.getBoundingClientRect().toJSON()));
  expect(boxes).toHaveLength(3);
  for (const { top, width } of boxes) {
    expect(top).toBeCloseTo(boxes[0].top, 0);
    expect(Math.abs(width - boxes[0].width)).toBeLessThan(2);
  }
}

/** Asks again until there is an answer; in hooks as well, where a test's own waiting is not to be had. */
export async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  const end = Date.now() + 120_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error("what was waited for did not come within two minutes");
    await sleep(300);
  }
}

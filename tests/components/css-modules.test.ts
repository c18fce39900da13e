import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";

const tracked = (pattern: string) =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", pattern], { encoding: "utf8" })
    .split("\n")
    .filter((file) => file !== "" && existsSync(file));

/** The classes that a module declares: those in its selectors, without global ones. */
function declared(module: string): Set<string> {
  const selectors = readFileSync(module, "utf8")
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/\{[^{}]*\}/g, "{}")
    .replace(/:global\([^)]*\)/g, "");
  return new Set([...selectors.matchAll(/\.([A-Za-z][\w-]*)/g)].flatMap(([, name]) => name ?? []));
}

type Use = { readonly component: string; readonly module: string; readonly names: readonly string[]; readonly isComputed: boolean };

/** What each component asks of the modules that it imports. */
const uses: readonly Use[] = tracked("components/*.tsx").flatMap((component) => {
  const source = readFileSync(component, "utf8");
  return [...source.matchAll(/import (\w+) from "([^"]+\.module\.css)"/g)].map(([, local = "", path = ""]) => ({
    component,
    module: path.startsWith("@/") ? path.slice(2) : join(dirname(component), path),
    names: [...source.matchAll(new RegExp(`\\b${local}\\["([\\w-]+)"\\]`, "g"))].flatMap(([, name]) => name ?? []),
    isComputed: new RegExp(`\\b${local}\\[[^"]`).test(source),
  }));
});

it("components ask a CSS module only for classes that it has", () => {
  const missing = uses.flatMap(({ component, module, names }) => {
    const known = declared(module);
    return names.filter((name) => !known.has(name)).map((name) => `${component}: ${name}`);
  });
  expect(missing).toEqual([]);
});

it("a CSS module has no class that no component asks for", () => {
  const unused = tracked("components/*.module.css").flatMap((module) => {
    const here = uses.filter((use) => use.module === module);
    if (here.some(({ isComputed }) => isComputed)) return [];
    const asked = new Set(here.flatMap(({ names }) => names));
    return [...declared(module)].filter((name) => !asked.has(name)).map((name) => `${module}: ${name}`);
  });
  expect(unused).toEqual([]);
});

it("what moves comes to rest, and moves without layout or painting", () => {
  const sheets = ["app/styles/*.css", "components/*.module.css"]
    .flatMap(tracked)
    .map((file) => ({ file, text: readFileSync(file, "utf8") }));
  expect(sheets.filter(({ text }) => /animation[^;]*\binfinite\b/.test(text)).map(({ file }) => file)).toEqual([]);
  const moved = sheets.flatMap(({ text }) =>
    [...text.matchAll(/@keyframes [^{]+\{((?:[^{}]*\{[^{}]*\})*)/g)].flatMap(([, frames = ""]) => frames.match(/[\w-]+(?=:)/g) ?? []),
  );
  expect([...new Set(moved)].sort()).toEqual(["opacity", "transform", "visibility"]);
});

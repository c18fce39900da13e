import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { endpointAreas } from "@/lib/contract/endpoints";
import { type Endpoint, type ExampleIds, exampleParts } from "@/lib/contract/endpoints/endpoint";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const endpoints = endpointAreas.flatMap((area) => area.endpoints);
/** Routes that answer with nothing but that they are not there. */
const withoutEntry = ["/v1/{...rest}"];

type RouteFile = { path: string; text: string; methods: string[] };

const routeFiles: RouteFile[] = ["app/api", "app/v1"].flatMap((folder) =>
  readdirSync(`${root}/${folder}`, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("route.ts"))
    .map((file) => {
      const text = readFileSync(`${root}/${folder}/${file}`, "utf8");
      const path = `/${folder.slice(4)}/${file.replace(/\/?route\.ts$/, "")}`.replace(/\[([^\]]+)\]/g, "{$1}");
      return { path, text, methods: [...text.matchAll(/^export const (GET|POST|PUT|PATCH|DELETE)\b/gm)].map((match) => match[1] ?? "") };
    }),
);

function fileOf({ path }: Endpoint): RouteFile {
  const file = routeFiles.find((each) => each.path === path);
  if (file === undefined) throw new Error(`there is no route at ${path}`);
  return file;
}

describe("the registry of endpoints", () => {
  it("has an entry for every method of every route file, and no entry without one", () => {
    const routed = routeFiles
      .filter(({ path }) => !withoutEntry.includes(path))
      .flatMap(({ path, methods }) => methods.map((method) => `${method} ${path}`));
    expect(routed.length).toBeGreaterThan(50);
    expect(endpoints.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(routed.sort());
  });

  it("is what every handler reads its query by and types its answers by", () => {
    for (const endpoint of endpoints) {
      const { text } = fileOf(endpoint);
      const handler = text.slice(text.indexOf(`export const ${endpoint.method} `)).split(/\nexport const /)[0] ?? "";
      expect(handler, endpoint.path).toMatch(/^export const \w+ = handle(?:Openai)?\(/);
      expect(handler.replace(/\s+/g, ""), endpoint.path).toContain(`("${endpoint.method}${endpoint.path}",`);
      expect(text, endpoint.path).not.toMatch(/searchParams|URLSearchParams/);
    }
  });

  it("names the very schema that a route reads its body with", async () => {
    let read = 0;
    for (const endpoint of endpoints) {
      const { text } = fileOf(endpoint);
      const handler = text.slice(text.indexOf(`export const ${endpoint.method} `)).split(/\nexport const /)[0] ?? "";
      const name = /readBody\(request, (\w+)\)/.exec(handler)?.[1];
      const isFile = handler.includes("upload.body, upload.startOnce");
      expect(endpoint.body?.kind, `${endpoint.method} ${endpoint.path}`).toBe(name === undefined ? (isFile ? "file" : undefined) : "json");
      if (name === undefined || endpoint.body?.kind !== "json") continue;
      const from = new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from "(@/lib/contract/[\\w/-]+)"`).exec(text)?.[1];
      const module: Record<string, unknown> = await import(`${root}/${from?.slice(2)}.ts`);
      expect(module[name], `${endpoint.path} reads ${name}`).toBe(endpoint.body.schema);
      read++;
    }
    expect(read).toBeGreaterThan(15);
  });

  it("has examples that the routes would read", () => {
    const ids = Object.fromEntries([...exampleParts, "chatRun"].map((part) => [part, part === "index" ? "7" : part])) as ExampleIds;
    for (const { body, path } of endpoints) {
      if (body?.kind === "json") expect(body.schema.safeParse(body.example(ids)).error, path).toBeUndefined();
    }
  });

  it("says of each in a sentence what it is for", () => {
    for (const { summary, more } of endpoints) for (const text of [summary, more ?? "So."]) expect(text).toMatch(/^[A-Z].*\.$/);
  });
});

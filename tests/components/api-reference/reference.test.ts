import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { clientExamples } from "@/components/api-reference/client-examples";
import { matching } from "@/components/api-reference/matches";
import { reference } from "@/components/api-reference/reference";
import { endpointAreas } from "@/lib/contract/endpoints";

const origin = "http://127.0.0.1:3000";
const shown = reference(origin, { run: "r1", collection: "c1", module: "layers.0.q_proj", index: "7" });
const endpoints = shown.areas.flatMap((area) => area.endpoints);
const at = (method: string, path: string) => endpoints.find((endpoint) => endpoint.method === method && endpoint.path === path);

/** The words that a shell makes of a command. */
function shellWords(command: string): string[] {
  return execFileSync("sh", ["-c", `set -- ${command.replace(/^curl/, "")}\nprintf '%s\\0' "$@"`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);
}

describe("the documentation of the interface", () => {
  it("shows every endpoint once, and every shape that a type or an answer leads to", () => {
    expect(endpoints.length).toBe(endpointAreas.flatMap((area) => area.endpoints).length);
    expect(new Set(endpoints.map(({ id }) => id)).size).toBe(endpoints.length);
    const named = new Set(shown.shapes.map(({ name }) => name));
    const forms = [
      ...endpoints.flatMap(({ query, body }) => [...query, ...(body?.forms ?? [])]),
      ...shown.shapes.flatMap((shape) => shape.forms),
    ];
    const led = forms.flatMap(({ rows }) => rows.flatMap(({ type }) => type.flatMap(({ shape }) => shape ?? [])));
    const answered = endpoints.flatMap(({ answers }) => answers.flatMap(({ shape }) => shape ?? []));
    expect(led.length).toBeGreaterThan(30);
    expect([...led, ...answered].filter((name) => !named.has(name))).toEqual([]);
  });

  it("has commands that a shell reads as they are meant, with what is there", () => {
    const words = shellWords(at("POST", "/api/runs/{run}/generate")?.curl ?? "");
    expect(words.slice(0, 4)).toEqual(["-s", "-N", `${origin}/api/runs/r1/generate`, "-H"]);
    expect(JSON.parse(words.at(-1) ?? "")).toMatchObject({ edits: [{ latent: { module: "layers.0.q_proj", index: 7 } }] });
    expect(shellWords(at("GET", "/api/collections/{collection}/latents")?.curl ?? "")).toEqual([
      "-s",
      `${origin}/api/collections/c1/latents?limit=5`,
    ]);
    for (const { curl, path } of endpoints) {
      const address = shellWords(curl).find((word) => word.startsWith(origin));
      expect(URL.canParse(address ?? ""), path).toBe(true);
      expect(address).not.toMatch(/[{}]/);
    }
  });

  it("names a run where a model is what answers, and a base model where one is installed", () => {
    expect(at("GET", "/v1/models/{model}")?.curl).toContain("/v1/models/r1");
    expect(reference(origin, { chatRun: "r2" }).areas[0]?.endpoints[0]?.curl).toContain('"model": "r2"');
    expect(at("DELETE", "/api/models/{model}")?.curl).toContain("/api/models/MODEL");
  });

  it("has no example that would end, write over or remove a thing of the person's own", () => {
    expect(at("DELETE", "/api/runs/{run}")?.curl).toContain("/api/runs/RUN");
    expect(at("POST", "/api/runs/{run}/stop")?.curl).toContain("/api/runs/RUN/stop");
    for (const { curl, method } of endpoints) if (method === "DELETE" || method === "PUT") expect(curl).not.toMatch(/\/(r1|c1)\b/);
  });

  it("is searched by path, field and word", () => {
    const paths = (search: string) => matching(shown, search).areas.flatMap((area) => area.endpoints.map(({ path }) => path));
    expect(paths("")).toHaveLength(endpoints.length);
    expect(paths("echo")).toEqual(["/v1/completions"]);
    expect(paths("POST bake")).toEqual(["/api/runs/{run}/bake"]);
    expect(paths("no such word")).toEqual([]);
    expect(matching(shown, "klToBase").shapes.map(({ name }) => name)).toContain("GeneratedToken");
  });

  it("tells clients of OpenAI's where to point and what to call a model", () => {
    const examples = clientExamples(origin, { run: "r1", module: "layers.0.q_proj", index: "7", tokenizer: "/models/tiny" });
    expect(examples.map(({ name }) => name)).toEqual(["Python", "JavaScript", "lm-evaluation-harness", "curl"]);
    for (const { code } of examples) expect(code).toContain(`${origin}/v1`);
    const curl = examples.find(({ name }) => name === "curl")?.code ?? "";
    expect(JSON.parse(shellWords(curl).at(-1) ?? "")).toMatchObject({
      model: "r1",
      stanscope: { arm: "edited", edits: [{ operation: "scale" }] },
    });
  });
});

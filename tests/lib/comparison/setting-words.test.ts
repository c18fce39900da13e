import { expect, it } from "vitest";
import { z } from "zod";
import { settingName } from "@/lib/comparison/setting-words";
import { runConfig } from "@/lib/contract/run-config";

type Schema = { readonly [key: string]: unknown };
const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null;

/** Paths of all single values that a configuration may have. */
function pathsOf(schema: unknown, path = ""): string[] {
  if (!isSchema(schema)) return [];
  const under = (key: string) => (path === "" ? key : `${path}.${key}`);
  const { properties, additionalProperties } = schema;
  if (isSchema(properties)) return Object.entries(properties).flatMap(([key, value]) => pathsOf(value, under(key)));
  if (isSchema(additionalProperties)) return pathsOf(additionalProperties, under("q_proj"));
  const choices = [schema["anyOf"], schema["oneOf"]].flatMap((each) => (Array.isArray(each) ? each : []));
  if (choices.length > 0) return choices.flatMap((each) => pathsOf(each, path));
  return schema["type"] === "null" ? [] : [path];
}

it("every setting that a comparison may show has a name", () => {
  const paths = [...new Set(pathsOf(z.toJSONSchema(runConfig, { reused: "inline" })))];
  expect(paths).toContain("adapter.kPattern.q_proj");
  // Not compared: what is done after training, and where data are stored.
  const isLeftOut = (path: string) => /^(collection\b.*|data\.dataSetId|data\.path)$/.test(path);
  expect(paths.filter((path) => !isLeftOut(path) && settingName(path) === path)).toEqual([]);
});

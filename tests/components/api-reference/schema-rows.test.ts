import { describe, expect, it } from "vitest";
import { z } from "zod";
import { schemaForms, type TypePart, typeWords } from "@/components/api-reference/schema-rows";
import { plainSchema, referenceTo } from "@/lib/contract/endpoints/named-schemas";

const words = (parts: readonly TypePart[]) => parts.map(({ text }) => text).join("");
const typed = (schema: z.ZodType) => words(typeWords(plainSchema(schema)));

describe("a type in words", () => {
  it("says what values are taken, with bounds that are bounds", () => {
    expect(typed(z.int())).toBe("integer");
    expect(typed(z.int().min(0).max(20))).toBe("integer, 0 to 20");
    expect(typed(z.number().min(0.5))).toBe("number, 0.5 or more");
    expect(typed(z.number().positive())).toBe("number, above 0");
    expect(typed(z.enum(["a", "b"]))).toBe('"a" | "b"');
    expect(typed(z.string().nullable())).toBe("string or null");
    expect(typed(z.array(z.array(z.int())))).toBe("list of list of integer");
    expect(typed(z.tuple([z.string(), z.boolean()]))).toBe("[string, boolean]");
    expect(typed(z.record(z.string(), z.number()))).toBe("map of names to number");
    expect(typed(z.object({ from: z.int(), to: z.int() }))).toBe("{ from, to }");
    expect(typed(z.unknown())).toBe("anything");
  });

  it("leads to a shape that is shown by itself", () => {
    expect(typeWords({ type: "array", items: referenceTo("Edit") })).toEqual([{ text: "list of " }, { text: "Edit", shape: "Edit" }]);
  });
});

describe("the fields of a schema", () => {
  it("are written out under the field that holds them, with what may be left out", () => {
    const schema = z.object({
      n: z.int().default(1).describe("How many."),
      sampling: z.object({ seed: z.int().optional() }),
      arms: z.array(z.object({ text: z.string() })),
      when: z.object({ at: z.string() }).nullable(),
    });
    const [form, ...others] = schemaForms(plainSchema(schema));
    expect(others).toEqual([]);
    expect(form?.rows.map(({ path, isRequired }) => [path, isRequired])).toEqual([
      ["n", false],
      ["sampling", true],
      ["sampling.seed", false],
      ["arms", true],
      ["arms[].text", true],
      ["when", true],
      ["when.at", true],
    ]);
    expect(form?.rows[0]).toMatchObject({ defaultValue: "1", about: "How many.", type: [{ text: "integer" }] });
  });

  it("come form by form for a union, each named by what tells it apart", () => {
    const union = z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("end").describe("The last."), seconds: z.number() }),
      z.object({ kind: z.literal("error"), message: z.string() }),
    ]);
    expect(schemaForms(plainSchema(union)).map(({ name, about, rows }) => [name, about, rows.map(({ path }) => path)])).toEqual([
      ["end", "The last.", ["seconds"]],
      ["error", undefined, ["message"]],
    ]);
    expect(schemaForms({ oneOf: [referenceTo("Edit")] })[0]).toMatchObject({ name: "Edit", rows: [{ type: [{ shape: "Edit" }] }] });
  });
});

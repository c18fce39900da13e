import type { JsonSchema } from "@/lib/contract/endpoints/named-schemas";
import { nameOfReference } from "@/lib/contract/endpoints/named-schemas";

/** Words of a type; `shape` is the name of a schema that has its own entry. */
export type TypePart = { readonly text: string; readonly shape?: string };

export type FieldRow = {
  /** `sampling.temperature`, `choices[].text` */
  readonly path: string;
  readonly type: readonly TypePart[];
  readonly isRequired: boolean;
  /** As JSON; undefined where there is none worth showing. */
  readonly defaultValue: string | undefined;
  readonly about: string | undefined;
};

/** Fields of one variant of an object; a union has several, each named by its discriminator. */
export type SchemaForm = { readonly name: string | null; readonly about: string | undefined; readonly rows: readonly FieldRow[] };

/** A schema's variants with their fields; nested objects are expanded under their field. */
export function schemaForms(schema: JsonSchema): SchemaForm[] {
  const options = optionsOf(schema);
  if (options.length === 0) return [{ name: null, about: undefined, rows: rowsOf(schema, "") }];
  return options.map((option, at) => {
    const named = nameOfReference(option);
    const mark = discriminator(option);
    const name = mark?.value ?? named ?? `form ${at + 1}`;
    const rows = named === undefined ? rowsOf(option, "") : [plainRow(option)];
    return { name, about: mark?.about, rows: rows.filter(({ path }) => path !== mark?.path) };
  });
}

/** A type in words: `integer, 0 to 20`, `list of Edit`, `string or null`. */
export function typeWords(schema: JsonSchema): TypePart[] {
  const named = nameOfReference(schema);
  if (named !== undefined) return [{ text: named, shape: named }];
  if ("const" in schema) return [{ text: JSON.stringify(schema["const"]) }];
  const values = schema["enum"];
  if (Array.isArray(values)) return [{ text: values.map((value) => JSON.stringify(value)).join(" | ") }];
  const options = optionsOf(schema);
  if (options.length > 0) return joined(options.map(typeWords), " or ");
  const types = schema["type"];
  if (Array.isArray(types))
    return joined(
      types.map((type) => typeWords({ ...schema, type })),
      " or ",
    );
  switch (types) {
    case "array":
      return listWords(schema);
    case "object":
      return objectWords(schema);
    case "integer":
    case "number":
      return [{ text: `${types}${range(schema)}` }];
    case "string":
    case "boolean":
    case "null":
      return [{ text: types }];
    default:
      return [{ text: "anything" }];
  }
}

function rowsOf(schema: JsonSchema, prefix: string): FieldRow[] {
  const required = asList(schema["required"]);
  const fields = Object.entries(asRecord(schema["properties"]));
  if (prefix === "" && fields.length === 0) return [plainRow(schema)];
  return fields.flatMap(([name, field]) => {
    const own = asSchema(field);
    const path = `${prefix}${name}`;
    return [rowOf(own, path, required.includes(name)), ...nestedRows(own, path)];
  });
}

/** What is no object: the whole is one row. */
function plainRow(schema: JsonSchema): FieldRow {
  return rowOf(schema, "", true);
}

function rowOf(schema: JsonSchema, path: string, isRequired: boolean): FieldRow {
  const about = schema["description"];
  const value = JSON.stringify(schema["default"]);
  return {
    path,
    type: typeWords(schema),
    isRequired,
    defaultValue: value === "{}" ? undefined : value,
    about: typeof about === "string" ? about : undefined,
  };
}

/** Fields of an inline object, or of a list of inline objects. */
function nestedRows(schema: JsonSchema, path: string): FieldRow[] {
  const [only, ...others] = optionsOf(schema).filter((option) => option["type"] !== "null");
  if (only !== undefined) return others.length === 0 ? nestedRows(only, path) : [];
  if (schema["type"] === "array") return nestedRows(asSchema(schema["items"]), `${path}[]`);
  return schema["type"] === "object" ? rowsOf(schema, `${path}.`) : [];
}

function listWords(schema: JsonSchema): TypePart[] {
  const places = schema["prefixItems"];
  if (Array.isArray(places))
    return [
      { text: "[" },
      ...joined(
        places.map((place) => typeWords(asSchema(place))),
        ", ",
      ),
      { text: "]" },
    ];
  return [{ text: "list of " }, ...typeWords(asSchema(schema["items"]))];
}

function objectWords(schema: JsonSchema): TypePart[] {
  const names = Object.keys(asRecord(schema["properties"]));
  if (names.length > 0) return [{ text: `{ ${names.join(", ")} }` }];
  return [{ text: "map of names to " }, ...typeWords(asSchema(schema["additionalProperties"]))];
}

/** JSON's largest safe integers mean that there is no bound. */
function range({ minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  const low = typeof minimum === "number" && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const high = typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (typeof exclusiveMinimum === "number") return `, above ${exclusiveMinimum}`;
  if (low !== undefined && high !== undefined) return `, ${low} to ${high}`;
  if (low !== undefined) return `, ${low} or more`;
  return high === undefined ? "" : `, at most ${high}`;
}

/** The discriminator of a union's option: its first field with a single value. */
function discriminator(option: JsonSchema): { path: string; value: string; about: string | undefined } | undefined {
  for (const [path, field] of Object.entries(asRecord(option["properties"]))) {
    const { const: value, description } = asSchema(field);
    if (typeof value === "string") return { path, value, about: typeof description === "string" ? description : undefined };
  }
  return undefined;
}

function optionsOf(schema: JsonSchema): JsonSchema[] {
  return asList(schema["oneOf"] ?? schema["anyOf"]).map(asSchema);
}

function joined(parts: readonly TypePart[][], between: string): TypePart[] {
  return parts.flatMap((part, at) => (at === 0 ? part : [{ text: between }, ...part]));
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function asSchema(value: unknown): JsonSchema {
  return asRecord(value);
}

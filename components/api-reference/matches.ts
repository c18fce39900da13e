import type { Reference, ShownEndpoint, ShownShape } from "./reference";
import type { SchemaForm } from "./schema-rows";

/** The endpoints and schemas that contain every word of the search, in their names or fields. */
export function matching({ areas, shapes }: Reference, search: string): Reference {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return { areas, shapes };
  const has = (text: string) => words.every((word) => text.includes(word));
  return {
    areas: areas
      .map((area) => ({ ...area, endpoints: area.endpoints.filter((endpoint) => has(wordsOf(endpoint))) }))
      .filter(({ endpoints }) => endpoints.length > 0),
    shapes: shapes.filter((shape) => has(wordsOfShape(shape))),
  };
}

function wordsOf({ method, path, summary, more, query, body }: ShownEndpoint): string {
  const names = fieldWords([...query, ...(body?.forms ?? [])]);
  return `${method} ${path} ${summary} ${more ?? ""} ${body?.shape ?? ""} ${names}`.toLowerCase();
}

function wordsOfShape({ name, forms }: ShownShape): string {
  return `${name} ${fieldWords(forms)}`.toLowerCase();
}

function fieldWords(forms: readonly SchemaForm[]): string {
  return forms.map(({ name, rows }) => `${name ?? ""} ${rows.map(({ path }) => path).join(" ")}`).join(" ");
}

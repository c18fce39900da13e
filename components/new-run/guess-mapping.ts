import type { ColumnMapping, DataSetSummary } from "@/lib/contract/data-set";
import { isAnswerTask, type RunTask } from "@/lib/contract/tasks/tasks";

export type MappingKind = ColumnMapping["kind"];

const names = {
  text: ["text", "content", "document", "body"],
  prompt: ["prompt", "question", "query", "input"],
  completion: ["completion", "answer", "response", "output", "target"],
  instruction: ["instruction"],
  input: ["input", "context"],
  output: ["output", "response", "answer"],
  messages: ["messages", "conversations", "conversation", "chat"],
  first: ["text", "sentence", "sentence1", "question1", "premise", "question", "content", "review", "document", "body"],
  second: ["sentence2", "question2", "hypothesis", "sentence", "text_b", "text2"],
  label: ["label", "labels", "class", "target", "sentiment", "score", "stars", "rating"],
  domain: ["domain", "topic", "category", "subject"],
  split: ["split"],
} as const;

/** Of an encoder a text and its label; of other models the mapping kept with the data, else the one its column names suggest; of unknown names the first column is taken as text. */
export function guessMapping(dataSet: Pick<DataSetSummary, "columns" | "mapping">, task?: RunTask): ColumnMapping {
  if (task !== undefined && isAnswerTask(task)) return mappingOfKind("labelled", dataSet);
  return dataSet.mapping ?? mappingOfKind(likelyKind(dataSet), dataSet);
}

/** A mapping of a given kind over the columns there are, each role on its likeliest column. */
export function mappingOfKind(kind: MappingKind, dataSet: Pick<DataSetSummary, "columns">): ColumnMapping {
  const columns = dataSet.columns.map((column) => column.name);
  const find = (role: keyof typeof names) =>
    names[role].map((name) => columns.find((column) => column.toLowerCase() === name)).find(Boolean);
  const first = columns[0] ?? "text";
  const second = columns[1] ?? first;
  const domain = find("domain");
  const split = find("split");
  const extra = { ...(domain === undefined ? {} : { domain }), ...(split === undefined ? {} : { split }) };
  switch (kind) {
    case "text":
      return { kind, text: find("text") ?? first, ...extra };
    case "promptCompletion":
      return { kind, prompt: find("prompt") ?? first, completion: find("completion") ?? second, ...extra };
    case "instruction": {
      const input = find("input");
      return {
        kind,
        instruction: find("instruction") ?? first,
        ...(input === undefined ? {} : { input }),
        output: find("output") ?? second,
        ...extra,
      };
    }
    case "messages":
      return { kind, messages: find("messages") ?? first, ...extra };
    case "labelled": {
      const text = find("first") ?? first;
      const other = find("second");
      return {
        kind,
        text,
        ...(other === undefined || other === text ? {} : { second: other }),
        label: find("label") ?? columns.find((column) => column !== text && column !== other) ?? second,
        ...extra,
      };
    }
  }
}

function likelyKind(dataSet: Pick<DataSetSummary, "columns">): MappingKind {
  const columns = new Set(dataSet.columns.map((column) => column.name.toLowerCase()));
  const has = (role: keyof typeof names) => names[role].some((name) => columns.has(name));
  if (has("messages")) return "messages";
  if (has("instruction") && has("output")) return "instruction";
  if (has("prompt") && has("completion")) return "promptCompletion";
  return "text";
}

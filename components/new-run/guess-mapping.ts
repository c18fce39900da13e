import type { ColumnMapping, DataSetSummary } from "@/lib/contract/data-set";
import { columnsByRole } from "@/lib/contract/mapped-columns";
import { type ModelSummary, readsImages, readsImagesInText } from "@/lib/contract/model";
import { isLabelledTask, type RunTask } from "@/lib/contract/tasks/tasks";

export type MappingKind = ColumnMapping["kind"];

/** What a model takes rows for: texts that it continues, alone or with images, or texts or images with their labels. */
export type RowUse = "texts" | "textsWithImages" | "labelledTexts" | "labelledImages";

/** @param hasImages whether images are read within texts */
export function rowUseOf(task: RunTask, isOfImages: boolean, hasImages = false): RowUse {
  if (isOfImages) return "labelledImages";
  if (isLabelledTask(task)) return "labelledTexts";
  return hasImages ? "textsWithImages" : "texts";
}

/** The use that a model's rows have. */
export function rowUseFor(task: RunTask, model: Pick<ModelSummary, "images"> | undefined): RowUse {
  return rowUseOf(task, readsImages(model), readsImagesInText(model));
}

/** Whether rows of a kind are for a use. */
export function isForUse(kind: MappingKind, use: RowUse): boolean {
  const labelled = { labelled: "labelledTexts", labelledImage: "labelledImages" } as const;
  return (use === "textsWithImages" ? "texts" : use) === (kind === "labelled" || kind === "labelledImage" ? labelled[kind] : "texts");
}

/** Usual names of columns by role; the first decides even where others are there too. */
const names = {
  text: ["text", "content", "sentence", "passage", "document", "body", "code", "story", "review"],
  prompt: ["prompt", "question", "query", "input"],
  completion: ["completion", "answer", "response", "output", "target"],
  instruction: ["instruction"],
  input: ["input", "context"],
  output: ["output", "response", "answer", "completion"],
  messages: ["messages", "conversations", "conversation", "chat", "dialogue"],
  first: ["text", "sentence", "sentence1", "question1", "premise", "question", "content", "review", "document", "body"],
  second: ["sentence2", "question2", "hypothesis", "sentence", "text_b", "text2"],
  image: ["image", "picture", "img", "photo"],
  caption: ["caption", "alt", "description"],
  label: ["label", "labels", "class", "target", "sentiment", "score", "stars", "rating"],
  domain: ["domain", "topic", "category", "subject", "genre", "subset"],
  split: ["split"],
} as const;

type Role = keyof typeof names;
type Described = Pick<DataSetSummary, "columns">;

/** What stands for a column that a person has to choose. */
export const undecided = "";

/** The mapping of a dataset that is still being read. */
export const unread: ColumnMapping = { kind: "text", text: undecided };

/**
 * Of an encoder a text and its label; otherwise the mapping that was recognised in the data, if the model can use it, else the one its column names
 * suggest. A role that several columns could play, or none of a usual name, is left undecided.
 */
export function guessMapping(dataSet: Pick<DataSetSummary, "columns" | "mapping">, use: RowUse = "texts"): ColumnMapping {
  if (use === "labelledTexts") return mappingOfKind("labelled", dataSet);
  if (use === "textsWithImages") return withImages(guessMapping(dataSet), dataSet);
  const { mapping } = dataSet;
  if (mapping !== null && isForUse(mapping.kind, use)) return withoutDoubts(mapping, dataSet);
  return mappingOfKind(use === "labelledImages" ? "labelledImage" : likelyKind(dataSet), dataSet);
}

/** Texts with the column of images that there is; where no column is called a text, a caption is. */
function withImages(mapping: ColumnMapping, dataSet: Described): ColumnMapping {
  if (!takesImages(mapping)) return mapping;
  const columns = dataSet.columns.map((column) => column.name);
  const image = suggested("image", columns, new Set());
  const caption = mapping.kind === "text" && mapping.text === undecided ? suggested("caption", columns, new Set()) : undefined;
  return { ...mapping, ...(caption === undefined ? {} : { text: caption }), ...(image === undefined ? {} : { image }) } as ColumnMapping;
}

/** Whether rows of a kind may have an image beside their text. */
export function takesImages({ kind }: Pick<ColumnMapping, "kind">): boolean {
  return kind === "text" || kind === "promptCompletion" || kind === "instruction";
}

/** A mapping of a given kind over the columns there are, each role on the column that its name suggests, else undecided. */
export function mappingOfKind(kind: MappingKind, dataSet: Described): ColumnMapping {
  const columns = dataSet.columns.map((column) => column.name);
  const taken = new Set<string>();
  const optional = (role: Role) => take(suggested(role, columns, taken) ?? undecided);
  const take = (column: string) => {
    if (column !== undecided) taken.add(column);
    return column === undecided ? undefined : column;
  };
  const domain = optional("domain");
  const split = optional("split");
  const required = (role: Role) => take(suggested(role, columns, taken) ?? onlyOne(columns, taken)) ?? undecided;
  const extra = { ...(domain === undefined ? {} : { domain }), ...(split === undefined ? {} : { split }) };
  switch (kind) {
    case "text":
      return { kind, text: required("text"), ...extra };
    case "promptCompletion":
      return { kind, prompt: required("prompt"), completion: required("completion"), ...extra };
    case "instruction": {
      const instruction = required("instruction");
      const input = optional("input");
      return { kind, instruction, ...(input === undefined ? {} : { input }), output: required("output"), ...extra };
    }
    case "messages":
      return { kind, messages: required("messages"), ...extra };
    case "labelled": {
      const text = required("first");
      const second = optional("second");
      return { kind, text, ...(second === undefined ? {} : { second }), label: required("label"), ...extra };
    }
    case "labelledImage":
      return { kind, image: required("image"), label: required("label"), ...extra };
  }
}

/** Names of the columns that a mapping leaves out. */
export function unusedColumns(mapping: ColumnMapping, { columns }: Described): string[] {
  const used = new Set(columnsByRole(mapping).map(([, column]) => column));
  return columns.map((column) => column.name).filter((name) => !used.has(name));
}

/** The column of a role: the one of its first name, else the only one of its names; undefined without one, undecided where there are several. */
function suggested(role: Role, columns: readonly string[], taken: ReadonlySet<string>): string | undefined {
  const found = names[role].flatMap((name) => columns.filter((column) => column.toLowerCase() === name && !taken.has(column)));
  const [first] = found;
  if (first === undefined) return undefined;
  return found.length === 1 || first.toLowerCase() === names[role][0] ? first : undecided;
}

function onlyOne(columns: readonly string[], taken: ReadonlySet<string>): string {
  const left = columns.filter((column) => !taken.has(column));
  return left.length === 1 ? (left[0] ?? undecided) : undecided;
}

/** A recognised mapping, but undecided where another column's name suits a role as well. */
function withoutDoubts(mapping: ColumnMapping, dataSet: Described): ColumnMapping {
  const own = new Set(columnsByRole(mapping).map(([, column]) => column));
  const others = dataSet.columns.map((column) => column.name).filter((name) => !own.has(name));
  const isSure = (role: Role, column: string) => suggested(role, [column, ...others], new Set()) !== undecided;
  const keep = (role: Role, column: string) => (isSure(role, column) ? column : undecided);
  switch (mapping.kind) {
    case "text":
      return { ...mapping, text: keep("text", mapping.text) };
    case "promptCompletion":
      return { ...mapping, prompt: keep("prompt", mapping.prompt), completion: keep("completion", mapping.completion) };
    case "instruction":
      return { ...mapping, output: keep("output", mapping.output) };
    case "messages":
    case "labelled":
    case "labelledImage":
      return mapping;
  }
}

function likelyKind(dataSet: Described): MappingKind {
  const columns = new Set(dataSet.columns.map((column) => column.name.toLowerCase()));
  const has = (role: Role) => names[role].some((name) => columns.has(name));
  if (has("messages")) return "messages";
  if (has("instruction") && has("output")) return "instruction";
  if (has("prompt") && has("completion")) return "promptCompletion";
  return "text";
}

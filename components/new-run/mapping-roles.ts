import { type ColumnMapping, columnMapping } from "@/lib/contract/data-set";
import { type MappingKind, type RowUse, takesImages, undecided } from "./guess-mapping";

export type MappingRole = { name: string; label: string; means: string; isOptional?: boolean };

const shared: MappingRole[] = [
  { name: "domain", label: "Domain", means: "groups rows", isOptional: true },
  { name: "split", label: "Split", means: "train or held out", isOptional: true },
];

/** Which roles the columns can play in each kind of rows, and what the loss makes of them. */
export const mappingRoles: Record<MappingKind, MappingRole[]> = {
  text: [{ name: "text", label: "Text", means: "loss" }, ...shared],
  promptCompletion: [
    { name: "prompt", label: "Prompt", means: "no loss" },
    { name: "completion", label: "Completion", means: "loss" },
    ...shared,
  ],
  instruction: [
    { name: "instruction", label: "Instruction", means: "no loss" },
    { name: "input", label: "Input", means: "no loss", isOptional: true },
    { name: "output", label: "Output", means: "loss" },
    ...shared,
  ],
  labelled: [
    { name: "text", label: "Text", means: "read whole" },
    { name: "second", label: "Second text", means: "read with it", isOptional: true },
    { name: "label", label: "Label", means: "to be predicted" },
    ...shared,
  ],
  labelledImage: [
    { name: "image", label: "Image", means: "read whole" },
    { name: "label", label: "Label", means: "class or number" },
    ...shared,
  ],
  messages: [{ name: "messages", label: "Messages", means: "loss on the assistant's turns" }, ...shared],
};

const imageRole: MappingRole = { name: "image", label: "Image", means: "in the prompt", isOptional: true };

/** The roles of a mapping's kind, with that of an image where the model reads images within texts. */
export function rolesOf(mapping: ColumnMapping, use: RowUse): MappingRole[] {
  const roles = mappingRoles[mapping.kind];
  return use === "textsWithImages" && takesImages(mapping) ? [...roles.slice(0, -shared.length), imageRole, ...shared] : roles;
}

/** The roles for which a column has still to be chosen. */
export function undecidedRoles(mapping: ColumnMapping): MappingRole[] {
  const columns = new Map(Object.entries(mapping));
  return mappingRoles[mapping.kind].filter(({ name, isOptional }) => !isOptional && columns.get(name) === undecided);
}

/** The mapping with one role given to another column, or to none. */
export function withColumn(mapping: ColumnMapping, role: string, column: string): ColumnMapping {
  const entries = Object.entries(mapping).filter(([name]) => name !== role);
  return columnMapping.parse(Object.fromEntries(column === "" ? entries : [...entries, [role, column]]));
}

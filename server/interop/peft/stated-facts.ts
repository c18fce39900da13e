import { readTextFile } from "@/server/files/json-file";

/** Facts of a model card that is generated: one that a person wrote may say anything. */
const mostFacts = 40;
const longest = 200;

/**
 * The hyperparameters that the trainer of transformers writes into a model card, `- seed: 42`, by its own names. Nothing else of the card is read.
 *
 * @throws FileError when the file cannot be read
 */
export function readStatedFacts(path: string): Record<string, string> {
  const lines = readTextFile(path).split(/\r?\n/);
  const start = lines.findIndex((line) => /^#+\s+Training hyperparameters\s*$/.test(line));
  if (start < 0) return {};
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith("#"));
  const facts = (end < 0 ? rest : rest.slice(0, end)).flatMap((line) => {
    const [, name, value] = /^- (\w+): (.+)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value.slice(0, longest)] as const];
  });
  return Object.fromEntries(facts.slice(0, mostFacts));
}

import type { DataRow } from "./data-row";

/** A question's possible answers, and the place of the right one. */
export type RowChoices = { readonly texts: readonly string[]; readonly answer: number };

export type ChoiceColumns = { readonly choices: string; readonly answer: string };

/**
 * The choices of a row: a list of texts, ARC's `{text, label}`, or either as JSON text, as CSV columns hold it. The answer is a choice's own
 * label or text, its place from 0, or its letter from A.
 *
 * @throws Error naming the column where choices are missing, or the answer is none of them, or may be either of two
 */
export function choicesOf(row: DataRow, { choices: choicesColumn, answer: answerColumn }: ChoiceColumns): RowChoices {
  const { texts, labels } = textsOf(row[choicesColumn], choicesColumn);
  if (texts.length < 2) throw new Error(`column ${JSON.stringify(choicesColumn)} has ${texts.length} choices: at least two are needed`);
  const empty = texts.findIndex((text) => text.trim() === "");
  if (empty >= 0) throw new Error(`column ${JSON.stringify(choicesColumn)}: choice ${empty} is empty`);
  const given = row[answerColumn];
  if (given === undefined || given === null || String(given).trim() === "")
    throw new Error(`column ${JSON.stringify(answerColumn)} has no answer`);
  const answer = placeOf(given, texts, labels);
  if (answer === undefined)
    throw new Error(
      `column ${JSON.stringify(answerColumn)}: the answer ${JSON.stringify(given)} is not among the ${texts.length} choices of ${JSON.stringify(choicesColumn)}`,
    );
  return { texts, answer };
}

function textsOf(value: unknown, column: string): { texts: string[]; labels: string[] } {
  const missing = () => new Error(`column ${JSON.stringify(column)} has no choices: expected a list of texts`);
  const parsed = typeof value === "string" ? parsedJson(value) : value;
  if (Array.isArray(parsed)) return { texts: parsed.map(String), labels: [] };
  if (typeof parsed !== "object" || parsed === null || !("text" in parsed) || !Array.isArray(parsed.text)) throw missing();
  return { texts: parsed.text.map(String), labels: "label" in parsed && Array.isArray(parsed.label) ? parsed.label.map(String) : [] };
}

/** Undefined for what is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A number is a place. @throws Error where a text may be read in two ways */
function placeOf(answer: unknown, texts: readonly string[], labels: readonly string[]): number | undefined {
  const isPlace = (place: number) => place >= 0 && place < texts.length;
  if (typeof answer === "number" || typeof answer === "bigint") return isPlace(Number(answer)) ? Number(answer) : undefined;
  const text = String(answer).trim();
  const label = labels.indexOf(text);
  if (label >= 0) return label;
  const [byText, byPlace] = [texts.findIndex((one) => one.trim() === text), /^\d+$/.test(text) ? Number(text) : -1];
  if (isPlace(byText) && isPlace(byPlace) && byText !== byPlace)
    throw new Error(
      `the answer ${JSON.stringify(text)} is the text of choice ${byText} and the position of choice ${byPlace}: write it as a letter, or as a JSON number`,
    );
  const byLetter = /^[A-Za-z]$/.test(text) ? text.toUpperCase().charCodeAt(0) - 65 : -1;
  return [byText, byPlace, byLetter].find(isPlace);
}

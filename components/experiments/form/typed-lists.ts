/** Words between commas, semicolons or spaces. */
export function listed(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean);
}

/** Numbers as they are typed. @param name of the field @throws Error naming it */
export function numbers(text: string, name: string): number[] {
  const values = listed(text).map(Number);
  if (values.length > 0 && values.every(Number.isFinite)) return values;
  throw new Error(`${name}: write numbers with commas between them, as 0.001, 3e-3.`);
}

/** Whole numbers as they are typed. @param name of the field @throws Error naming it */
export function wholeNumbers(text: string, name: string): number[] {
  const values = numbers(text, name);
  if (values.every((value) => Number.isInteger(value))) return values;
  throw new Error(`${name}: write whole numbers with commas between them, as 64, 128.`);
}

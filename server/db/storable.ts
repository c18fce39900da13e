/**
 * The same value with texts that PostgreSQL can store: the character of code 0 and halves of a surrogate pair become U+FFFD. What a model writes may
 * hold either, and so may a text that is cut after so many code units.
 *
 * @param value anything that JSON has
 */
export function storable<Value>(value: Value): Value {
  // A copy of the value's own form: only texts in it are other ones.
  return JSON.parse(JSON.stringify(value, (_key, part: unknown) => (typeof part === "string" ? storableText(part) : part))) as Value;
}

export function storableText(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, "\u{fffd}");
}

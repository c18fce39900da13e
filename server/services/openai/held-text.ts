/**
 * Text that can be given out as it grows, though a stop string may take its end back: what may be a stop string's beginning waits.
 */
export class HeldText {
  private readonly stop: readonly string[];
  private text = "";
  private given = 0;

  constructor(stop: readonly string[]) {
    this.stop = stop;
  }

  /** Adds text and gives what no stop string can take back any more. */
  push(text: string): string {
    this.text += text;
    return this.giveTo(Math.min(...this.stop.map((words) => firstDoubt(this.text, words)), this.text.length));
  }

  /** The rest, once the whole is known. */
  end(whole: string): string {
    this.text = whole;
    return this.giveTo(whole.length);
  }

  private giveTo(end: number): string {
    const piece = this.text.slice(this.given, end);
    this.given = Math.max(this.given, end);
    return piece;
  }
}

/** Where the words begin in the text, or the part of them that the text ends with; the text's length where neither does. */
function firstDoubt(text: string, words: string): number {
  const whole = text.indexOf(words);
  if (whole >= 0) return whole;
  for (let length = Math.min(words.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(words.slice(0, length))) return text.length - length;
  }
  return text.length;
}

/** Something that can be opened or done from the dialog. */
export type Choice = {
  /** Unique among all that are listed. */
  readonly key: string;
  readonly title: string;
  /** What it is or where it belongs, in a few words. */
  readonly detail: string;
} & ({ readonly href: string } | { readonly act: () => void });

export type ChoiceGroup = { readonly name: string; readonly choices: readonly Choice[] };

/** Choices whose title and detail have all words of the text, whatever their case; those whose title begins with it first. */
export function matching(choices: readonly Choice[], text: string, limit: number): Choice[] {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  const fits = choices.filter(({ title, detail }) => {
    const whole = `${title} ${detail}`.toLowerCase();
    return words.every((word) => whole.includes(word));
  });
  const begins = ({ title }: Choice) => title.toLowerCase().startsWith(wanted);
  return [...fits.filter(begins), ...fits.filter((choice) => !begins(choice))].slice(0, limit);
}

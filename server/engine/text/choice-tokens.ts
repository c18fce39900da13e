import { noLoss } from "./rows";
import type { Tokenizer } from "./tokenizer";

/** A question with one of its choices; the choice's tokens are labelled. */
export type ChoiceTokens = { readonly ids: Int32Array; readonly labels: Int32Array };

/**
 * The tokens of a question and each of its choices, as lm-evaluation-harness lays them out (`TemplateLM._encode_pair`): a space joins the two
 * and belongs to the choice, both are tokenised together, and the choice has the tokens beyond those of the question alone.
 *
 * @param question as it is written, with the model's chat template where that is wanted; its trailing white space goes to the choice
 * @param options.addSpecialTokens whether the question begins with the special tokens of a text
 * @param options.separator between the two: a space, or nothing where a template has opened the answer
 * @throws Error naming a choice that has no token of its own
 */
export function choiceTokens(
  tokenizer: Tokenizer,
  question: string,
  choices: readonly string[],
  options: { readonly addSpecialTokens: boolean; readonly separator: "" | " " },
): ChoiceTokens[] {
  const context = question.trimEnd();
  const joint = question.slice(context.length) || options.separator;
  const { length } = tokenizer.encode(context, options);
  // With nothing before it a choice's first token is predicted from the token that texts begin or end with.
  const start = length > 0 ? [] : [tokenizer.bosId ?? tokenizer.eosId ?? 0];
  return choices.map((choice) => {
    const ids = [...start, ...tokenizer.encode(`${context}${joint}${choice}`, options)];
    const from = start.length + length;
    if (ids.length <= from) throw new Error(`the choice ${JSON.stringify(choice)} has no tokens of its own`);
    return { ids: Int32Array.from(ids), labels: Int32Array.from(ids, (id, at) => (at >= from ? id : noLoss)) };
  });
}

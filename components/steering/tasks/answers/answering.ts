import type { Steering } from "@/components/steering/steer-task";
import type { Reading } from "@/components/text/use-reading";
import type { Edit } from "@/lib/contract/edit";
import type { ReadTextInput } from "@/lib/contract/read-text";
import type { AnswerView } from "./answer-params";

/** What is asked of an input, whatever it is. */
export type AnswerRequest = Pick<ReadTextInput, "attribution" | "edits" | "dose">;

/** What the parts of a page know that shows answers, to a text or to a picture. */
export type Answering<Request extends AnswerRequest = AnswerRequest> = Steering & {
  readonly params: { readonly edits: readonly Edit[]; readonly view: AnswerView };
  readonly setParams: (change: { readonly edits?: readonly Edit[]; readonly view?: AnswerView }) => void;
  /** What is shown: the last reading that came to its end, while another is under way. */
  readonly reading: Reading<Request>;
  /** Whether what is shown is of another input or other edits. */
  readonly isStale: boolean;
};

/** What the input is, in words. */
export type AnsweredInput = {
  readonly noun: "text" | "picture";
  /** What its positions are. */
  readonly position: "token" | "patch";
  readonly positions: "tokens" | "patches";
  /** What a person does first. */
  readonly ask: string;
};

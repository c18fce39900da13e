import { withAdded } from "@/components/latents/added-edits";
import { editFromText, editToText } from "@/components/latents/edit-text";
import { editsOfState, type SteerDraft } from "@/components/latents/steer-draft";
import { mostEdits } from "@/lib/contract/edit";
import { formatInteger, formatPlural } from "@/lib/numbers/format";

/** What the page shows when it is opened, from its address and its draft. */
export type Arrival = {
  readonly state: URLSearchParams;
  /** Whether it comes from the address, as with a shared link, instead of the draft. */
  readonly isOfLink: boolean;
  /** Whether something of the draft is not in it. */
  readonly isReplacing: boolean;
  /** How many edits of the address were left out and why, in words. */
  readonly problem: string | null;
};

/** The content of a draft: an address that has any of it is shown as it is. */
const ownNames = ["prompt", "second", "edit", "forcedText", "generation"];

/** An address that says what to edit or to read replaces the draft; any other, such as that of a tab or a link from a latent, continues from the draft. */
export function arrivalOf(address: URLSearchParams, draft: SteerDraft | undefined): Arrival {
  const kept = new URLSearchParams(draft?.text);
  const isOfLink = ownNames.some((name) => address.has(name));
  const state = isOfLink ? new URLSearchParams(address) : overlaid(kept, address);
  const listed = state.getAll("edit");
  const added = address.getAll("add");
  state.delete("add");
  if (added.length > 0) setEdits(state, withAddedTexts(listed, added));
  const asWritten = (one: URLSearchParams) => editsOfState(one).map(editToText);
  const shown = new Set(asWritten(state));
  const isHeld = asWritten(kept).every((text) => shown.has(text)) && (kept.get("prompt") ?? state.get("prompt")) === state.get("prompt");
  return { state, isOfLink, isReplacing: isOfLink && !isHeld, problem: problemOf([...listed, ...added], state) };
}

/** What the draft says, except where the address says otherwise. */
function overlaid(draft: URLSearchParams, address: URLSearchParams): URLSearchParams {
  const state = new URLSearchParams(draft);
  for (const name of address.keys()) state.delete(name);
  for (const [name, value] of address) state.append(name, value);
  return state;
}

function withAddedTexts(texts: readonly string[], added: readonly string[]): readonly string[] {
  const read = (all: readonly string[]) => all.flatMap((text) => editFromText(text) ?? []);
  return withAdded(read(texts), read(added)).map(editToText);
}

function setEdits(state: URLSearchParams, texts: readonly string[]): void {
  state.delete("edit");
  for (const text of texts) state.append("edit", text);
}

/** @param where ` of this address`, or nothing */
export function leftOutWords(count: number, where = ""): string {
  const which = count === 1 ? `last one${where} was` : `last ${formatInteger(count)}${where} were`;
  return `A list holds at most ${formatInteger(mostEdits)} edits: the ${which} left out.`;
}

function problemOf(named: readonly string[], state: URLSearchParams): string | null {
  const readable = (texts: readonly string[]) => texts.filter((text) => editFromText(text) !== null).length;
  const unread = named.length - readable(named);
  const leftOut = Math.max(0, readable(state.getAll("edit")) - mostEdits);
  const problems = [
    ...(leftOut === 0 ? [] : [leftOutWords(leftOut, " of this address")]),
    ...(unread === 0
      ? []
      : [`${formatPlural(unread, "edit")} of this address could not be read and ${unread === 1 ? "was" : "were"} left out.`]),
  ];
  return problems.length === 0 ? null : problems.join(" ");
}

/** How a model that reads images writes them in a text. */
export type ImageTokens = {
  /** What stands for an image in a text. */
  readonly text: string;
  readonly id: number;
  /** How many of them an image takes. */
  readonly each: number;
};

/** A text with its one image: where it says no place for it, the image is put before it. */
export function withImage(text: string, { text: token }: Pick<ImageTokens, "text">): string {
  return text.includes(token) ? text : `${token}\n${text}`;
}

/** Puts as many image tokens as an image takes in the place of each. @param loss beside each id, of image tokens never */
export function expandImages(
  ids: readonly number[],
  { id: imageToken, each }: Pick<ImageTokens, "id" | "each">,
  loss: readonly boolean[] = [],
): { readonly ids: number[]; readonly hasLoss: boolean[]; readonly images: number } {
  const expanded: number[] = [];
  const hasLoss: boolean[] = [];
  let images = 0;
  ids.forEach((id, at) => {
    const isImage = id === imageToken;
    if (isImage) images += 1;
    for (let time = 0; time < (isImage ? each : 1); time++) {
      expanded.push(id);
      hasLoss.push(!isImage && loss[at] === true);
    }
  });
  return { ids: expanded, hasLoss, images };
}

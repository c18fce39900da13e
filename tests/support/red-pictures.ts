type Colour = readonly [red: number, green: number, blue: number];
/** A picture of 3 × 3 patches of 5 pixels, each in one colour; grey where none is named. Patches are numbered from 0, row by row. */
export type RedPicture = { readonly name: string; readonly style: string; readonly patches: { readonly [patch: number]: Colour } };

export const grey: Colour = [128, 128, 128];
const red: Colour = [255, 0, 0];
const brick: Colour = [180, 60, 60];
const green: Colour = [0, 255, 0];
const blue: Colour = [0, 0, 255];

/** The classes of the pictures, in the order of the head's scores. */
export const redClasses = ["plain", "red"];

/** In the order in which a folder is read. Red patches, bright or dull, are in pictures of the class "red" alone. */
export const redPictures: readonly RedPicture[] = [
  { name: "plain/0.png", style: "drawn", patches: {} },
  { name: "plain/1.png", style: "drawn", patches: { 2: green, 6: blue } },
  { name: "plain/2.png", style: "drawn", patches: { 0: blue } },
  { name: "plain/3.png", style: "photo", patches: { 4: green, 5: green } },
  { name: "red/0.png", style: "drawn", patches: { 4: red } },
  { name: "red/1.png", style: "drawn", patches: { 0: red, 8: brick, 2: green } },
  { name: "red/2.png", style: "photo", patches: { 5: brick, 6: blue } },
  { name: "red/3.png", style: "drawn", patches: { 1: red, 3: red, 7: red } },
];

/** Numbers of a picture's red patches: bright, dull, or both. */
export function redPatchesOf({ patches }: RedPicture, shades: readonly ("bright" | "dull")[] = ["bright", "dull"]): number[] {
  const colours = shades.map((shade) => (shade === "bright" ? red : brick));
  return Object.entries(patches).flatMap(([patch, colour]) => (colours.includes(colour) ? [Number(patch)] : []));
}

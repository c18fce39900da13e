import localFont from "next/font/local";

/*
 * Geist in two parts. What every page shows (Latin, Greek, punctuation, arrows and mathematical signs, in the weights that the styles use) comes with the
 * page, in a third of the bytes; the whole font comes once a text has any other letter. `scripts/subset-fonts.sh` makes the small files.
 *
 * No text waits for the small files, and none moves once it is there: what has not arrived by the first paint is for the next page (`optional`). Until
 * then the font of the system stands in. No other is named before it: when a small file comes late, Chromium goes from the font that is named to the
 * system's.
 */

const sans = localFont({
  src: "./geist-latin.woff2",
  variable: "--font-sans",
  weight: "400 700",
  display: "optional",
  adjustFontFallback: false,
  declarations: [{ prop: "unicode-range", value: "U+0-FF, U+370-3FF, U+2000-2BFF" }],
});
const sansRest = localFont({
  src: "../../node_modules/geist/dist/fonts/geist-sans/Geist-Variable.woff2",
  variable: "--font-sans-rest",
  weight: "100 900",
  preload: false,
  adjustFontFallback: false,
  declarations: [{ prop: "unicode-range", value: "U+100-36F, U+400-1FFF, U+2C00-10FFFF" }],
});
const mono = localFont({
  src: "./geist-mono-latin.woff2",
  variable: "--font-mono",
  weight: "400 700",
  display: "optional",
  adjustFontFallback: false,
  declarations: [{ prop: "unicode-range", value: "U+0-FF, U+370-3FF, U+2000-2BFF" }],
});
const monoRest = localFont({
  src: "../../node_modules/geist/dist/fonts/geist-mono/GeistMono-Variable.woff2",
  variable: "--font-mono-rest",
  weight: "100 900",
  preload: false,
  adjustFontFallback: false,
  declarations: [{ prop: "unicode-range", value: "U+100-36F, U+400-1FFF, U+2C00-10FFFF" }],
});

/** Classes that define the variables of `app/styles/tokens.css`. */
export const fontVariables = [sans, sansRest, mono, monoRest].map(({ variable }) => variable).join(" ");

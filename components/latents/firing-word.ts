/** What effects and examples are counted in: firings, or positions of a dense component, which is active at every one. */
export function firingWord(isDense: boolean): "position" | "firing" {
  return isDense ? "position" : "firing";
}

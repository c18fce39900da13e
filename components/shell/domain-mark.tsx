/** A domain with its colour. `order` is its place among the data's domains; colours repeat after six, so the name is always shown. */
export function DomainMark({ name, order }: { name: string; order: number }) {
  const colour = (Math.max(0, order) % 6) + 1;
  return <span className={colour === 1 ? "dom" : `dom d${colour}`}>{name}</span>;
}

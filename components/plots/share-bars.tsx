import { Drawing } from "./drawing";
/** What `shares` adds up over is the caller's: heights are fractions of 1, one bar a domain, in the data's order and colours. */
export function ShareBars({ shares, names }: { readonly shares: readonly number[]; readonly names: readonly string[] }) {
  const barWidth = shares.length > 8 ? 10 : 26;
  const gap = 3;
  const height = 24;
  const width = shares.length * (barWidth + gap) - gap;
  const words = shares.map((share, index) => `${names[index] ?? ""} ${Math.round(share * 100)} %`).join(", ");
  return (
    <Drawing width={width} height={height} label={words}>
      <title>{words}</title>
      {shares.map((share, index) => (
        <rect
          key={names[index] ?? index}
          x={index * (barWidth + gap)}
          y={height - 1 - Math.max(1, share * (height - 2))}
          width={barWidth}
          height={Math.max(1, share * (height - 2))}
          rx={1}
          fill={domainColour(index)}
        />
      ))}
      <line className="axis-l" x2={width} y1={height - 0.5} y2={height - 0.5} />
    </Drawing>
  );
}

/** Domains have six colours, in the data's order; after six they repeat, so the name is always shown. */
export function domainColour(order: number): string {
  return `var(--dom-${(order % 6) + 1})`;
}

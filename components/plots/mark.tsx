/** Whose value a mark shows: always a colour with a shape. */
export type Mark = "stan" | "lora" | "base" | "edited";

type MarkShapeProps = { readonly mark: Mark; readonly x: number; readonly y: number; readonly radius: number; readonly isOpen?: boolean };

/** Circle for STAN, square for LoRA, bar for the base model, diamond for an edit. */
export function MarkShape({ mark, x, y, radius, isOpen = false }: MarkShapeProps) {
  const paint = isOpen ? { fill: "var(--surface)", stroke: markColour(mark), strokeWidth: 1.25 } : { fill: markColour(mark) };
  switch (mark) {
    case "stan":
      return <circle cx={x} cy={y} r={radius} {...paint} />;
    case "lora":
      return <rect x={x - radius * 0.9} y={y - radius * 0.9} width={radius * 1.8} height={radius * 1.8} {...paint} />;
    case "base":
      return <rect x={x - radius * 1.2} y={y - 1} width={radius * 2.4} height={2} fill={markColour(mark)} />;
    case "edited":
      return (
        <path
          d={`M${x},${y - radius * 1.3}l${radius * 1.3},${radius * 1.3}l${-radius * 1.3},${radius * 1.3}l${-radius * 1.3},${-radius * 1.3}Z`}
          {...paint}
        />
      );
  }
}

export function markColour(mark: Mark): string {
  return `var(--${mark})`;
}

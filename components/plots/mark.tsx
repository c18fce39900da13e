/** Whose value a mark shows: always a colour with a shape. */
export type Mark = "stan" | "lora" | "full" | "head" | "base" | "edited";

type MarkShapeProps = { readonly mark: Mark; readonly x: number; readonly y: number; readonly radius: number; readonly isOpen?: boolean };

/** Circle for STAN, square for LoRA, triangle for full fine-tuning, cross for a head alone, bar for the base model, diamond for an edit. */
export function MarkShape({ mark, x, y, radius, isOpen = false }: MarkShapeProps) {
  const paint = isOpen ? { fill: "var(--surface)", stroke: markColour(mark), strokeWidth: 1.25 } : { fill: markColour(mark) };
  switch (mark) {
    case "stan":
      return <circle cx={x} cy={y} r={radius} {...paint} />;
    case "lora":
      return <rect x={x - radius * 0.9} y={y - radius * 0.9} width={radius * 1.8} height={radius * 1.8} {...paint} />;
    case "full":
      return <path d={`M${x},${y - radius * 1.2}l${radius * 1.25},${radius * 2.2}h${-radius * 2.5}Z`} {...paint} />;
    case "head":
      return <path d={crossPath(x, y, radius)} {...paint} />;
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

/** An upright cross whose arms are as thick as two thirds of the radius. */
function crossPath(x: number, y: number, radius: number): string {
  const [half, arm] = [radius / 3, radius * 0.8];
  return `M${x - half},${y - half - arm}h${2 * half}v${arm}h${arm}v${2 * half}h${-arm}v${arm}h${-2 * half}v${-arm}h${-arm}v${-2 * half}h${arm}Z`;
}

export function markColour(mark: Mark): string {
  return `var(--${mark})`;
}

import styles from "./welcome.module.css";

/** Strength of the latents kept in the drawing, by row; the rest are not kept. */
const kept: Readonly<Record<number, number>> = { 3: 5, 8: 8, 13: 3, 15: 6 };
const input = [34, 58, 22, 47, 66, 30, 52, 41];
const output = [48, 27, 61, 36, 70, 25, 44, 57];

/** STAN beside a frozen layer: encoder, the k latents kept of M, decoder, and the sum. */
export function MethodDiagram() {
  return (
    <svg
      className={styles["diagram"]}
      viewBox="-14 22 580 350"
      role="img"
      aria-label="The input passes through a frozen matrix and, in parallel, through encoder, TopK and decoder; the outputs are added"
    >
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M1 1l6 3-6 3" fill="none" stroke="var(--ink-3)" strokeWidth={1.3} />
        </marker>
      </defs>
      <Vector x={18} values={input} />
      <text x={23} y={250} textAnchor="middle" className="mid t12">
        x
      </text>
      <text x={23} y={268} textAnchor="middle">
        one token
      </text>
      <Wire d="M38,170 C62,170 58,70 92,70" />
      <Wire d="M38,202 C62,202 58,262 92,262" />
      <rect x={98} y={34} width={330} height={72} rx={6} fill="var(--sunken)" stroke="var(--line-strong)" />
      <text x={263} y={66} textAnchor="middle" className="ink b t12">
        W
        <tspan fontSize="0.75em" dy="0.3em">
          0
        </tspan>
      </text>
      <text x={263} y={86} textAnchor="middle" className="mid">
        frozen layer of the base model
      </text>
      <Trapezium d="M98,202L172,162V362L98,322Z" x={135} letter="E" name="encoder" />
      <Trapezium d="M354,162L428,202V322L354,362Z" x={391} letter="D" name="decoder" />
      {Array.from({ length: 18 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows never change
        <Latent key={row} y={164 + row * 11} strength={kept[row]} />
      ))}
      <text x={263} y={150} textAnchor="middle" className="ink t12">
        M latents, k of them kept
      </text>
      <Wire d="M428,70 C462,70 470,130 470,160" />
      <Wire d="M430,262 C456,262 470,236 470,206" />
      <circle cx={470} cy={183} r={15} fill="var(--surface)" stroke="var(--ink-3)" strokeWidth={1.25} />
      <path d="M464,183h12M470,177v12" stroke="var(--ink)" strokeWidth={1.5} />
      <Wire d="M487,183H520" />
      <Vector x={526} values={output} />
      <text x={531} y={250} textAnchor="middle" className="mid t12">
        h
      </text>
    </svg>
  );
}

function Wire({ d }: { d: string }) {
  return <path d={d} fill="none" stroke="var(--ink-3)" strokeWidth={1.25} markerEnd="url(#arrow)" />;
}

function Vector({ x, values }: { x: number; values: readonly number[] }) {
  return values.map((value, row) => (
    <rect
      key={value}
      x={x}
      y={142 + row * 11}
      width={11}
      height={9.5}
      rx={1.5}
      style={{ fill: `color-mix(in srgb, var(--ink) ${value}%, var(--surface))` }}
    />
  ));
}

function Trapezium({ d, x, letter, name }: { d: string; x: number; letter: string; name: string }) {
  return (
    <g>
      <path d={d} fill="var(--stan-soft)" stroke="var(--stan)" strokeWidth={1.25} strokeLinejoin="round" />
      <text x={x} y={260} textAnchor="middle" className="b t12" style={{ fill: "var(--stan)" }}>
        {letter}
      </text>
      <text x={x} y={278} textAnchor="middle" className="mid">
        {name}
      </text>
    </g>
  );
}

function Latent({ y, strength }: { y: number; strength: number | undefined }) {
  const isKept = strength !== undefined;
  const stroke = isKept ? "var(--act-mark)" : "var(--line)";
  return (
    <g>
      <rect
        x={222}
        y={y}
        width={82}
        height={8.5}
        rx={2}
        fill={isKept ? `var(--act-${strength})` : "var(--surface)"}
        stroke={isKept ? "none" : "var(--line)"}
      />
      <path d={`M174,${y + 4}H218`} stroke={stroke} strokeWidth={isKept ? 1.5 : 1} />
      {isKept ? <path d={`M306,${y + 4}H350`} stroke={stroke} strokeWidth={1.5} /> : null}
    </g>
  );
}

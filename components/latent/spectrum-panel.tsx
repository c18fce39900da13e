"use client";
import { scaleLinear } from "d3";
import { type Ref, useRef } from "react";
import { AxisX, AxisY } from "@/components/plots/axes";
import { Drawing } from "@/components/plots/drawing";
import { Measured } from "@/components/plots/measured";
import { PlotDownload } from "@/components/plots/plot-download";
import { Panel } from "@/components/ui/panel";
import { toCsv } from "@/components/ui/save-file";
import type { LatentDetail } from "@/lib/contract/latent";
import { formatInteger, formatPercent, formatSignificant } from "@/lib/numbers/format";
import { linearTicks } from "@/lib/numbers/ticks";
import { effectiveRankWords } from "./effective-rank";

type SpectrumPanelProps = { readonly detail: LatentDetail; readonly effectiveRank: number | undefined };
type Spectrum = NonNullable<LatentDetail["spectrum"]>;

/** The singular values of what a dense component's module adds to its weights, and the part of each that the component writes. */
export function SpectrumPanel({ detail, effectiveRank }: SpectrumPanelProps) {
  const drawing = useRef<SVGSVGElement>(null);
  const { spectrum, row, numLatents } = detail;
  if (spectrum === null) {
    return (
      <Panel title="Singular values">
        <p className="note">
          {row.weightNorm === null
            ? "Collected by an earlier version. Collect again to see the singular values of this module’s update."
            : `Not computed at rank ${formatInteger(numLatents)} (the limit is our choice).`}
        </p>
      </Panel>
    );
  }
  const shown = spectrum.singularValues.length;
  return (
    <Panel
      title="Singular values"
      aside={
        <>
          <span className="small dim">{effectiveRankWords(effectiveRank, numLatents)}</span>
          <PlotDownload
            name={`singular-values-${row.module}.${row.index}`}
            svgRef={drawing}
            csv={() =>
              toCsv(
                ["direction", "singularValue", "share"],
                spectrum.singularValues.map((value, at) => [at + 1, value, spectrum.shares[at] ?? 0]),
              )
            }
          />
        </>
      }
    >
      <Measured height={270}>
        {(width, height) => (
          <SpectrumDrawing spectrum={spectrum} weightNorm={row.weightNorm} width={width} height={height} svgRef={drawing} />
        )}
      </Measured>
      <p className="note">
        Above: {shown < numLatents ? `the ${formatInteger(shown)} largest ` : ""}singular values of what all components of the module add to
        its weights; dashed, the norm of this component alone. Below: the share of each that this component writes; over the module the
        shares of a direction add up to 100 %. Effective rank: exp of the entropy of σ / Σσ. Different components can write the same update;
        the update’s singular values are unique.
      </p>
    </Panel>
  );
}

type SpectrumDrawingProps = {
  readonly spectrum: Spectrum;
  readonly weightNorm: number | null;
  readonly width: number;
  readonly height: number;
  readonly svgRef?: Ref<SVGSVGElement>;
};

/** The plots at a known size: singular values, and under them the component's share of each, below zero where it writes against it. */
export function SpectrumDrawing({ spectrum, weightNorm, width, height, svgRef }: SpectrumDrawingProps) {
  const { singularValues, shares } = spectrum;
  const [left, right] = [56, Math.max(57, width - 12)];
  const above = { left, right, top: 24, bottom: height * 0.5 };
  const below = { left, right, top: height * 0.5 + 34, bottom: height - 36 };
  const valueDomain = [0, Math.max(...singularValues, weightNorm ?? 0, Number.MIN_VALUE)] as const;
  const shareDomain = [Math.min(0, ...shares), Math.max(...shares, Number.MIN_VALUE)] as const;
  const values = scaleLinear(valueDomain, [above.bottom, above.top]);
  const parts = scaleLinear(shareDomain, [below.bottom, below.top]);
  const x = scaleLinear([0.5, singularValues.length + 0.5], [left, right]);
  const step = x(1.5) - x(0.5);
  const bar = Math.min(36, Math.max(1, step * 0.72));
  return (
    <Drawing
      ref={svgRef}
      width={width}
      height={height}
      label={`Singular values of the module’s update, from ${formatSignificant(singularValues[0] ?? 0)} to ${formatSignificant(singularValues.at(-1) ?? 0)}; ${largestShareWords(shares)}`}
    >
      <AxisY box={above} ticks={linearTicks(valueDomain, 3)} position={values} label="σ" />
      <AxisY box={below} ticks={shareTicks(shareDomain)} position={parts} label="share that this component writes" />
      {singularValues.map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: directions are known by their place
        <g key={at}>
          <title>{`direction ${at + 1}: σ ${formatSignificant(value)}, of which this component writes ${writeShare(shares[at] ?? 0)}`}</title>
          <rect x={x(at + 1) - step / 2} y={above.top} width={step} height={below.bottom - above.top} fill="transparent" />
          <Bar y={values} value={value} x={x(at + 1)} width={bar} fill="var(--line-strong)" />
          <Bar
            y={parts}
            value={shares[at] ?? 0}
            x={x(at + 1)}
            width={bar}
            fill={(shares[at] ?? 0) < 0 ? "var(--neg-mark)" : "var(--act-mark)"}
          />
        </g>
      ))}
      <line className="axis-l" x1={left} x2={right} y1={values(0)} y2={values(0)} />
      <line className="axis-l" x1={left} x2={right} y1={parts(0)} y2={parts(0)} />
      {weightNorm !== null && (
        <g>
          <line x1={left} x2={right} y1={values(weightNorm)} y2={values(weightNorm)} stroke="var(--ink-2)" strokeDasharray="3 3" />
          <text x={right} y={values(weightNorm) - 4} textAnchor="end" className="mid halo">
            this component {formatSignificant(weightNorm)}
          </text>
        </g>
      )}
      <AxisX box={below} ticks={directionTicks(singularValues.length)} position={x} label="direction, largest first" />
    </Drawing>
  );
}

/** Of which direction a component writes the largest share. */
function largestShareWords(shares: readonly number[]): string {
  const place = shares.reduce((most, share, at) => (share > (shares[most] ?? 0) ? at : most), 0);
  return `this component’s largest share: ${writeShare(shares[place] ?? 0)} of direction ${place + 1}`;
}

function shareTicks(domain: readonly [number, number]) {
  return linearTicks(domain, 3).map(({ value }) => ({ value, label: writeShare(value) }));
}

function writeShare(share: number): string {
  return formatPercent(share, Math.abs(share) < 0.1 ? 2 : 1);
}

type BarProps = {
  readonly y: (value: number) => number;
  readonly value: number;
  readonly x: number;
  readonly width: number;
  readonly fill: string;
};

function Bar({ y, value, x, width, fill }: BarProps) {
  return (
    <rect
      x={x - width / 2}
      y={Math.min(y(0), y(value))}
      width={width}
      height={Math.max(value === 0 ? 0 : 1, Math.abs(y(value) - y(0)))}
      rx={1}
      fill={fill}
    />
  );
}

/** The first, the last and a few directions between. */
function directionTicks(count: number): { value: number; label: string }[] {
  const stride = Math.max(1, Math.ceil(count / 8));
  return Array.from({ length: count }, (_, at) => at + 1)
    .filter((direction) => (direction - 1) % stride === 0)
    .map((value) => ({ value, label: formatInteger(value) }));
}

"use client";
import { type KeyboardEvent, type PointerEvent, type Ref, useId } from "react";
import { AxisX, AxisY } from "@/components/plots/axes";
import { Drawing } from "@/components/plots/drawing";
import { type Mark, MarkShape, markColour } from "@/components/plots/mark";
import { Measured } from "@/components/plots/measured";
import { type DosePlotInput, type DosePlotLayout, layOutDosePlot, nearestValue } from "./dose-plot-layout";

type DosePlotProps = Omit<DosePlotInput, "width" | "height"> & {
  readonly mark: Mark;
  /** For people who do not see the drawing. */
  readonly label: string;
  /** What the page's edits set now. */
  readonly setNow: number | null;
  /** The value whose numbers are read out; all plots of a study share it. */
  readonly at: number | null;
  readonly onAt: (value: number) => void;
  readonly svgRef?: Ref<SVGSVGElement>;
};

const height = 168;

/** One quantity over the values of a dose study. Arrow keys step the value that is read out. */
export function DosePlot(props: DosePlotProps) {
  return <Measured height={height}>{(width) => <DosePlotDrawing {...props} width={width} />}</Measured>;
}

/** The plot at a known width. */
export function DosePlotDrawing({ mark, label, setNow, at, onAt, svgRef, ...input }: DosePlotProps & { readonly width: number }) {
  const layout = layOutDosePlot({ ...input, height });
  const { values, width } = input;
  const follow = (event: PointerEvent<SVGSVGElement>) => {
    const near = nearestValue(layout, values, event.clientX - event.currentTarget.getBoundingClientRect().left);
    if (near !== null) onAt(near);
  };
  const step = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    event.stopPropagation();
    const place = at === null ? -1 : values.indexOf(at);
    const next = values[Math.min(values.length - 1, Math.max(0, place + (event.key === "ArrowRight" ? 1 : -1)))];
    if (next !== undefined) onAt(next);
  };
  const { box, x } = layout;
  return (
    <Drawing
      ref={svgRef}
      width={width}
      height={height}
      label={label}
      hasKeys
      onPointerMove={follow}
      onPointerDown={follow}
      onKeyDown={step}
    >
      <Ground layout={layout} />
      <AxisY box={box} ticks={layout.yTicks} position={layout.y} />
      <AxisX box={box} ticks={layout.xTicks} position={x} />
      {layout.band !== "" && <path d={layout.band} fill="var(--base)" stroke="var(--base)" strokeWidth={1} opacity={0.3} />}
      <Reference y={layout.baseY} box={box} stroke="var(--base)" dashes="2 3" />
      {input.curve.reference === "adapter" && <Reference y={layout.adapterY} box={box} stroke={markColour(mark)} dashes="5 3" />}
      <path d={layout.interval} fill={markColour(mark)} opacity={0.18} />
      <path d={layout.line} fill="none" stroke={markColour(mark)} strokeWidth={1.75} />
      {layout.marks.map((one) => (
        <MarkShape key={one.x} mark={mark} x={one.x} y={one.y} radius={2.8} />
      ))}
      {setNow !== null && setNow >= Math.min(...values) && setNow <= Math.max(...values) && (
        <line x1={x(setNow)} x2={x(setNow)} y1={box.top} y2={box.bottom} stroke="var(--accent)" strokeWidth={2} />
      )}
      {at !== null && <line x1={x(at)} x2={x(at)} y1={box.top} y2={box.bottom} stroke="var(--ink-3)" strokeDasharray="1 2" />}
    </Drawing>
  );
}

function Ground({ layout: { box, hatched } }: { readonly layout: DosePlotLayout }) {
  const hatch = useId();
  return (
    <>
      <pattern id={hatch} width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line y2={5} stroke="var(--line-strong)" strokeWidth={1.5} />
      </pattern>
      {hatched.map((part) => (
        <rect key={part.x} x={part.x} y={box.top} width={part.width} height={box.bottom - box.top} fill={`url(#${hatch})`} opacity={0.5} />
      ))}
    </>
  );
}

type ReferenceProps = {
  readonly y: number | null;
  readonly box: DosePlotLayout["box"];
  readonly stroke: string;
  readonly dashes: string;
};

function Reference({ y, box, stroke, dashes }: ReferenceProps) {
  return y === null ? null : (
    <line x1={box.left} x2={box.right} y1={y} y2={y} stroke={stroke} strokeWidth={1.25} strokeDasharray={dashes} />
  );
}

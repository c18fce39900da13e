"use client";
import { type KeyboardEvent, type PointerEvent, type Ref, useState } from "react";
import { AxisX, AxisY } from "@/components/plots/axes";
import { Drawing } from "@/components/plots/drawing";
import { type Mark, markColour } from "@/components/plots/mark";
import { Measured } from "@/components/plots/measured";
import { ReadOutBox } from "@/components/plots/readout-box";
import type { GainCurve, GainOrder } from "@/lib/contract/gain-kept";
import { formatInteger, formatPercent, formatPlural, notMeasured } from "@/lib/numbers/format";
import { type GainPlotLayout, layOutGainPlot, nearestStop } from "./gain-plot-layout";
import { orderNames } from "./gain-words";

type GainPlotProps = {
  readonly curves: readonly GainCurve[];
  readonly latents: number;
  readonly mark: Mark;
  readonly noun: string;
  readonly svgRef?: Ref<SVGSVGElement>;
};

/** The share of the gain kept over the number of latents, in factors of two. Pointer or arrow keys read out a number. */
export function GainPlot(props: GainPlotProps) {
  return <Measured height={300}>{(width, height) => <GainPlotDrawing {...props} width={width} height={height} />}</Measured>;
}

/** The plot at a known size. */
export function GainPlotDrawing(props: GainPlotProps & { readonly width: number; readonly height: number }) {
  const { curves, latents, mark, noun, width, height, svgRef } = props;
  const layout = layOutGainPlot({ curves, latents, width, height });
  const { box, x, y, stops } = layout;
  const [at, setAt] = useState<number | null>(null);
  const follow = (event: PointerEvent<SVGSVGElement>) =>
    setAt(nearestStop(layout, event.clientX - event.currentTarget.getBoundingClientRect().left));
  const step = (event: KeyboardEvent) => {
    if (event.key === "Escape") return setAt(null);
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    setAt((now) => {
      const next = now === null ? 0 : stops.indexOf(now) + (event.key === "ArrowRight" ? 1 : -1);
      return stops[Math.min(stops.length - 1, Math.max(0, next))] ?? null;
    });
  };
  return (
    <Drawing
      ref={svgRef}
      width={width}
      height={height}
      label={`Share of the gain that the first ${noun}s keep alone, against their number`}
      hasKeys
      onPointerMove={follow}
      onPointerDown={follow}
      onPointerLeave={() => setAt(null)}
      onKeyDown={step}
      onBlur={() => setAt(null)}
    >
      <AxisY box={box} ticks={layout.yTicks} position={y} label="share of the gain kept" />
      <AxisX box={box} ticks={layout.xTicks} position={x} label={`${noun}s that stay, in factors of 2`} />
      <line className="axis-l" x1={box.left} x2={box.right} y1={y(1)} y2={y(1)} strokeDasharray="2 3" />
      <Curves layout={layout} mark={mark} />
      {at !== null && (
        <>
          <line x1={x(at)} x2={x(at)} y1={box.top} y2={box.bottom} stroke="var(--ink-3)" />
          <ReadOutBox
            title={formatPlural(at, noun)}
            columns={["kept"]}
            rows={curves.map(({ order, points }) => ({
              key: order,
              label: orderNames[order],
              values: [shareAt(points, at)],
            }))}
            at={x(at)}
            left={2}
            right={width}
            top={box.top + 6}
          />
        </>
      )}
    </Drawing>
  );
}

function Curves({ layout, mark }: { readonly layout: GainPlotLayout; readonly mark: Mark }) {
  return (
    <g fill="none" strokeLinejoin="round">
      {layout.drawn.map(({ order, band }) => (
        <path key={order} d={band} fill={strokeOf(order, mark).stroke} opacity={order === "integrated" ? 0.2 : 0.12} />
      ))}
      {layout.drawn.map(({ order, line }) => (
        <path key={order} d={line} {...strokeOf(order, mark)} />
      ))}
    </g>
  );
}

type Stroke = { readonly stroke: string; readonly strokeWidth: number; readonly strokeDasharray?: string };

/** The run's colour for the order that is made for this, ink for the others, told apart by their dashes. */
export function strokeOf(order: GainOrder, mark: Mark): Stroke {
  switch (order) {
    case "integrated":
      return { stroke: markColour(mark), strokeWidth: 2 };
    case "outputShare":
      return { stroke: "var(--ink)", strokeWidth: 1.5, strokeDasharray: "6 3" };
    case "attribution":
      return { stroke: "var(--ink-2)", strokeWidth: 1.5, strokeDasharray: "2 3" };
    case "random":
      return { stroke: "var(--ink-3)", strokeWidth: 1.5 };
  }
}

/** What the lines are. */
export function GainLegend({
  curves,
  mark,
  randomOrders,
}: {
  readonly curves: readonly GainCurve[];
  readonly mark: Mark;
  readonly randomOrders: number;
}) {
  return (
    <div className="legend">
      {curves.map(({ order }) => (
        <span key={order}>
          <svg width={26} height={8} aria-hidden="true">
            <line x1={0} x2={26} y1={4} y2={4} {...strokeOf(order, mark)} />
          </svg>
          {orderNames[order]}
          {order === "random" && randomOrders > 1 ? `, mean of ${formatInteger(randomOrders)}` : ""}
        </span>
      ))}
    </div>
  );
}

function shareAt(points: GainCurve["points"], at: number): string {
  const share = points.find(({ latents }) => latents === at)?.share;
  return share === undefined || share === null ? notMeasured : formatPercent(share.value);
}

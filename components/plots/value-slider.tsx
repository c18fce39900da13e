"use client";
import { type KeyboardEvent, type PointerEvent, useId } from "react";
import { ariaNumber } from "@/components/ui/aria-number";
import { Measured } from "./measured";
import styles from "./value-slider.module.css";
import { layOutValueSlider, roundToDomain, type ValueSliderInput, type ValueSliderLayout } from "./value-slider-layout";

type ValueSliderProps = Omit<ValueSliderInput, "width"> & {
  readonly label: string;
  readonly value: number;
  /** The value in words, read aloud. */
  readonly valueText: string;
  readonly isOn: boolean;
  readonly onValue: (value: number) => void;
};

/** A slider drawn over the distribution it moves in. Arrow keys move by a hundredth of the line, with shift by a thousandth. */
export function ValueSlider(props: ValueSliderProps) {
  return <Measured height={64}>{(width) => <ValueSliderDrawing {...props} width={width} />}</Measured>;
}

/** The slider at a known width. */
export function ValueSliderDrawing({ label, value, valueText, isOn, onValue, ...input }: ValueSliderProps & { readonly width: number }) {
  const hatch = useId();
  const layout = layOutValueSlider(input);
  const { domain, width } = input;
  const { baseline, height, position } = layout;
  const paint = isOn ? "var(--accent)" : "var(--ink-3)";
  const span = domain[1] - domain[0];
  const set = (wanted: number) => onValue(roundToDomain(wanted, domain));
  const drag = (event: PointerEvent<SVGGElement>) => {
    const left = event.currentTarget.ownerSVGElement?.getBoundingClientRect().left ?? 0;
    if (event.buttons % 2 === 1) set(layout.invert(event.clientX - left));
  };
  const key = (event: KeyboardEvent) => {
    const step = (span / 100) * (event.shiftKey ? 0.1 : 1);
    switch (event.key) {
      case "ArrowRight":
      case "ArrowUp":
        set(value + step);
        break;
      case "ArrowLeft":
      case "ArrowDown":
        set(value - step);
        break;
      case "Home":
        set(domain[0]);
        break;
      case "End":
        set(domain[1]);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} style={{ touchAction: "pan-y" }}>
      <title>{label}</title>
      <pattern id={hatch} width={5} height={5} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <line y2={5} stroke="var(--line-strong)" strokeWidth={1.5} />
      </pattern>
      <Ground layout={layout} hatch={hatch} isOn={isOn} />
      <line x1={position(domain[0])} x2={position(domain[1])} y1={baseline} y2={baseline} stroke="var(--line-control)" strokeWidth={2} />
      <Ticks layout={layout} />
      <g
        className={styles["slider"]}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuemin={ariaNumber(domain[0])}
        aria-valuemax={ariaNumber(domain[1])}
        aria-valuenow={ariaNumber(value)}
        aria-valuetext={valueText}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag(event);
        }}
        onPointerMove={drag}
        onKeyDown={key}
      >
        <rect width={width} height={height} fill="transparent" />
        <line x1={position(value)} x2={position(value)} y1={4} y2={baseline} stroke={paint} strokeWidth={2} />
        <circle
          className={styles["knob"]}
          cx={position(value)}
          cy={baseline}
          r={6.5}
          fill={paint}
          stroke="var(--surface)"
          strokeWidth={2}
        />
      </g>
    </svg>
  );
}

/** What was seen of the value, and where nothing was. */
function Ground({ layout, hatch, isOn }: { readonly layout: ValueSliderLayout; readonly hatch: string; readonly isOn: boolean }) {
  const { baseline } = layout;
  return (
    <g>
      {layout.hatched.map((part) => (
        <g key={part.x}>
          <rect x={part.x} y={baseline - 30} width={part.width} height={30} fill={`url(#${hatch})`} opacity={0.7} />
          {part.width > 70 && (
            <text x={part.x + part.width / 2} y={baseline - 33} textAnchor="middle">
              never seen
            </text>
          )}
        </g>
      ))}
      {layout.bars.map((bar) => (
        <rect
          key={bar.x}
          x={bar.x}
          y={baseline - bar.height}
          width={Math.max(0.5, bar.width - 0.75)}
          height={bar.height}
          fill={isOn ? (bar.isNegative ? "var(--neg-mark)" : "var(--act-mark)") : "var(--line-strong)"}
        />
      ))}
    </g>
  );
}

function Ticks({ layout }: { readonly layout: ValueSliderLayout }) {
  const { baseline } = layout;
  return layout.ticks.map((tick) => (
    <g key={tick.label}>
      <line x1={tick.x} x2={tick.x} y1={baseline} y2={baseline + 5} stroke="var(--ink-3)" />
      {tick.isLabelled && (
        <text x={tick.x} y={baseline + 17} textAnchor={tick.anchor}>
          {tick.label}
        </text>
      )}
    </g>
  ));
}

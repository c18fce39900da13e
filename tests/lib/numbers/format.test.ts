import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatFixed,
  formatInteger,
  formatMilliseconds,
  formatPercent,
  formatPlural,
  formatScientific,
  formatSetting,
  formatSigned,
  formatSignificant,
} from "@/lib/numbers/format";

/** Shows the kinds of space and minus in a failing comparison. */
const spelled = (text: string) => text.replaceAll("\u00a0", "~").replaceAll("\u202f", "'").replaceAll("\u2212", "_");

describe("numbers as they are written", () => {
  it("parts thousands by a space that does not break", () => {
    expect(spelled(formatInteger(1048576))).toBe("1~048~576");
    expect(spelled(formatInteger(999))).toBe("999");
    expect(spelled(formatFixed(1234.5, 2))).toBe("1~234.50");
  });

  it("writes a true minus, and none before a zero", () => {
    expect(spelled(formatFixed(-0.519, 3))).toBe("_0.519");
    expect(spelled(formatFixed(-0.0001, 3))).toBe("0.000");
  });

  it("gives differences their sign", () => {
    expect(spelled(formatSigned(0.0213, 3))).toBe("+0.021");
    expect(spelled(formatSigned(-0.5, 3))).toBe("_0.500");
    expect(spelled(formatSigned(0.0001, 3))).toBe("0.000");
  });

  it.each([
    [0, "0"],
    [0.41234, "0.412"],
    [0.9999, "1.00"],
    [9.999, "10.0"],
    [123.4, "123"],
    [1240, "1~240"],
    [0.00106, "0.00106"],
    [0.0004, "4~×~10⁻⁴"],
    [-0.0004, "_4~×~10⁻⁴"],
    [1e-5, "10⁻⁵"],
    [2_500_000, "2.5~×~10⁶"],
    [Number.POSITIVE_INFINITY, "∞"],
    [Number.NaN, "not a number"],
  ])("writes the reading %f with three significant digits", (value, text) => {
    expect(spelled(formatSignificant(value))).toBe(text);
  });

  it("keeps ten as a digit of a power of ten", () => {
    expect(spelled(formatScientific(2.5e-12))).toBe("2.5~×~10⁻¹²");
  });

  it.each([
    [1, "1"],
    [0.06, "0.06"],
    [0.002, "2~×~10⁻³"],
    [0.00025, "2.5~×~10⁻⁴"],
    [1048576, "1~048~576"],
    [-12.5, "_12.5"],
    [0, "0"],
    [1e-8, "10⁻⁸"],
  ])("writes the setting %f with all its digits", (value, text) => {
    expect(spelled(formatSetting(value))).toBe(text);
  });

  it.each([
    [99_999, "99~999"],
    [921_600, "922~k"],
    [999_900, "1.00~M"],
    [14_745_600, "14.7~M"],
    [134_500_000, "135~M"],
  ])("shortens the count %d from 10⁵", (value, text) => {
    expect(spelled(formatCount(value))).toBe(text);
  });

  it.each([
    [512, "512~B"],
    [1023.9 * 1024, "1.00~MiB"],
    [59_034_829, "56.3~MiB"],
    [2.2 * 2 ** 30, "2.20~GiB"],
  ])("writes %d bytes in powers of 1024", (value, text) => {
    expect(spelled(formatBytes(value))).toBe(text);
  });

  it.each([
    [0.638, "63.8'%"],
    [0.81, "81'%"],
    [1, "100'%"],
    [0.0004, "<'0.1'%"],
    [0, "0'%"],
  ])("writes the fraction %f as a percentage", (value, text) => {
    expect(spelled(formatPercent(value))).toBe(text);
  });

  it.each([
    [0.3, "<1~s"],
    [12, "12~s"],
    [192, "3~min 12~s"],
    [59.7, "1~min"],
    [7500, "2~h 5~min"],
    [90_000, "1~d 1~h"],
  ])("writes %f seconds as a duration", (value, text) => {
    expect(spelled(formatDuration(value))).toBe(text);
  });

  it("chooses the unit of a short time by its size", () => {
    expect(spelled(formatMilliseconds(241.2))).toBe("241~ms");
    expect(spelled(formatMilliseconds(1860))).toBe("1.86~s");
  });

  it("agrees in number", () => {
    expect(formatPlural(1, "run")).toBe("1 run");
    expect(formatPlural(2, "latent")).toBe("2 latents");
  });
});

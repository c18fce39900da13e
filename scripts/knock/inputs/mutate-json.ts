import { type Mutation, pick } from "./mutation";

/** A JSON text as it is written: numbers that JavaScript cannot hold and keys that occur twice included. */
type Written = string | Written[] | Fields;
class Fields {
  readonly entries: [key: string, value: Written][];

  constructor(entries: [key: string, value: Written][]) {
    this.entries = entries;
  }
}
type Place = { readonly get: () => Written; readonly set: (value: Written) => void; readonly fields?: Fields; readonly index: number };

const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
/** Values that have broken readers before, here or elsewhere. */
const oddValues: readonly string[] = [
  "null",
  "true",
  "-1",
  "0",
  "1",
  "0.5",
  "1e308",
  "1e999",
  "-1e999",
  "NaN",
  "Infinity",
  "2147483648",
  "-2147483649",
  "4294967294",
  "4294967296",
  "9007199254740993",
  "18446744073709551615",
  '""',
  '" "',
  '"\\u0000"',
  '"\\ud800"',
  '"\\ud83e\\udd8a"',
  '"(.+)+!"',
  '"(?:(?:.+)+)+!"',
  '"["',
  '"../../../../etc/passwd"',
  '"/etc/passwd"',
  '"C:\\\\x"',
  '"__proto__"',
  '"constructor"',
  '"=1+1"',
  '"<img src=x onerror=alert(1)>"',
  "[]",
  "{}",
  "[[]]",
  "[null]",
  '{"":null}',
  nested(30),
  nested(3000),
  `"${"a".repeat(100_000)}"`,
  `"${"🦊".repeat(200)}"`,
  `[${"0,".repeat(50_000)}0]`,
  `{${Array.from({ length: 2000 }, (_, i) => `"k${i}":${i}`).join(",")}}`,
  '"{% for i in range(10**9) %}{% endfor %}"',
  "1e-320",
  "-0",
  '"1"',
  '"NaN"',
];

const mostCharacters = 8_000_000;

/** A JSON text with one thing about it changed; undefined where it is none, or nested too deep to be walked. */
export function mutateJson(text: string, mutation: Mutation): string | undefined {
  try {
    return changed(toWritten(JSON.parse(text)), mutation).slice(0, mostCharacters);
  } catch {
    return undefined;
  }
}

function changed(whole: Written, { at, kind, value, size }: Mutation): string {
  let root = whole;
  const top: Place = {
    get: () => root,
    set: (next) => {
      root = next;
    },
    index: 0,
  };
  const places = [top, ...placesIn(root)];
  const place = pick(places, Math.floor(at * places.length));
  const odd = pick(oddValues, value);
  const { fields } = place;
  switch (kind % 9) {
    case 0:
    case 1:
    case 2:
      place.set(odd);
      break;
    case 3:
      if (fields) fields.entries.splice(place.index, 1);
      else place.set(odd);
      break;
    case 4:
      if (fields) fields.entries.push([fields.entries[place.index]?.[0] ?? "", size % 2 === 0 ? place.get() : odd]);
      else place.set([place.get()]);
      break;
    case 5:
      if (fields)
        fields.entries.splice(place.index, 1, [
          pick(["__proto__", "", "a".repeat(5000), "\u0000", "constructor", "🦊"], value),
          place.get(),
        ]);
      else place.set(odd);
      break;
    case 6:
      place.set(repeated(place.get(), size % 8 === 0 ? 5000 : size));
      break;
    case 7:
      place.set(pick(places, value).get());
      break;
    default: {
      const old = place.get();
      place.set(
        typeof old === "string" && /^-?\d/.test(old) ? pick([`-${old}`, `${old}0`, `${old}.5`, `${old}e3`, `"${old}"`], value) : odd,
      );
    }
  }
  return write(root);
}

/** No more often than fits: what is cut off again would be counted as memory of the reader. */
function repeated(value: Written, times: number): Written[] {
  return Array.from({ length: Math.min(times, Math.ceil(mostCharacters / (write(value).length + 1))) }, () => value);
}

function placesIn(value: Written): Place[] {
  if (typeof value === "string") return [];
  if (Array.isArray(value)) {
    // Of a long list the first entries stand for all.
    return value.slice(0, 200).flatMap((entry, index) => [
      {
        get: () => value[index] ?? "",
        set: (next: Written) => {
          value[index] = next;
        },
        index,
      },
      ...placesIn(entry),
    ]);
  }
  return value.entries.slice(0, 200).flatMap((entry, index) => [
    {
      get: () => entry[1],
      set: (next: Written) => {
        entry[1] = next;
      },
      fields: value,
      index,
    },
    ...placesIn(entry[1]),
  ]);
}

function toWritten(value: unknown): Written {
  if (Array.isArray(value)) return value.map(toWritten);
  if (typeof value === "object" && value !== null) return new Fields(Object.entries(value).map(([key, part]) => [key, toWritten(part)]));
  return JSON.stringify(value);
}

function write(value: Written): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  return `{${value.entries.map(([key, part]) => `${JSON.stringify(key)}:${write(part)}`).join(",")}}`;
}

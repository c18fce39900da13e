/** Seven latents, two of them firing. */
export function Logo() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <g fill="var(--line-strong)">
        <rect x="1" y="6" width="2" height="8" rx="1" />
        <rect x="5" y="6" width="2" height="8" rx="1" />
        <rect x="13" y="6" width="2" height="8" rx="1" />
      </g>
      <rect x="9" y="1.5" width="2" height="17" rx="1" fill="var(--ink)" />
      <rect x="17" y="4" width="2" height="12" rx="1" fill="var(--ink)" />
    </svg>
  );
}

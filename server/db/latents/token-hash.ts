/** A 32-bit FNV-1a hash of a token's text, as PostgreSQL's signed integer; two texts may share one. */
export function tokenHash(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash | 0;
}

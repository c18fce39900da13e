/** log Σ exp of all logits, in float64. */
export function logSumExp(logits: Float32Array): number {
  let most = -Infinity;
  for (let i = 0; i < logits.length; i++) most = Math.max(most, logits[i] as number);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i] as number) - most);
  return most + Math.log(sum);
}

/**
 * KL(p ‖ q) in nats of the distributions that two rows of logits stand for.
 *
 * @throws RangeError when they differ in length
 */
export function klDivergence(p: Float32Array, q: Float32Array): number {
  if (p.length !== q.length) throw new RangeError(`logits of ${p.length} and ${q.length} tokens cannot be compared`);
  const [ofP, ofQ] = [logSumExp(p), logSumExp(q)];
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    const logP = (p[i] as number) - ofP;
    const probability = Math.exp(logP);
    if (probability > 0) sum += probability * (logP - ((q[i] as number) - ofQ));
  }
  // Rounding can leave a difference of equal distributions just below 0.
  return Math.max(0, sum);
}

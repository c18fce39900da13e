/**
 * What a process that computes has in its environment: glibc asks Linux for pages of 2 MiB, which saves a training step a tenth of its time at the same
 * memory. A person's own settings of glibc come after ours and win.
 */
export function workerEnvironment() {
  const own = process.env.GLIBC_TUNABLES;
  return { GLIBC_TUNABLES: ["glibc.malloc.hugetlb=1", ...(own ? [own] : [])].join(":") };
}

/** Heads: the entries of a subject that no other entry of that subject supersedes; twin of card/heads.py. */

/** Text compared by code unit, as Python compares these ASCII stamps and ids. */
export const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

export function inOrder(entries) {
  return [...entries].sort((a, b) => byText(a.at, b.at) || byText(a.id, b.id));
}

export function heads(entries) {
  const subject = [...entries];
  const replaced = new Set(subject.flatMap((entry) => entry.supersedes.filter((old) => old !== entry.id)));
  const standing = subject.filter((entry) => !replaced.has(entry.id));
  return inOrder(standing.length ? standing : subject);
}

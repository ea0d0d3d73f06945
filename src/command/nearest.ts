/** The name that a person may have meant: at most a third of its letters differ. @returns undefined where none is near */
export function nearest<T extends string>(written: string, names: readonly T[]): T | undefined {
  const far = (name: string): number => Math.max(1, Math.floor(Math.max(name.length, written.length) / 3));
  const ranked = names.map((name) => ({ name, distance: distanceOf(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= far(name) || (written.length > 2 && name.toLowerCase().startsWith(written.toLowerCase())))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return ranked[0]?.name;
}

/** How many letters have to be added, removed, replaced, or swapped with their neighbour. */
function distanceOf(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    rows.push([i]);
    for (let j = 1; j <= b.length; j++) {
      const changed = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2][j - 2] + 1 : Infinity;
      rows[i][j] = Math.min(changed, swapped, rows[i - 1][j] + 1, rows[i][j - 1] + 1);
    }
  }
  return rows[a.length][b.length];
}

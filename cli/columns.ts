/**
 * Pads the cells of each row, so that the columns of all rows stand below each other.
 *
 * @param widths of the columns at least. They grow with the rows: pass the same array again for more rows below.
 */
export function alignColumns(rows: readonly (readonly string[])[], widths: number[] = []): string[] {
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

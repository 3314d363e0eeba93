/** One value as a CSV cell; a leading sign that spreadsheets would run as a formula is quoted away. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const plain = typeof value === "object" ? JSON.stringify(value) : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Rows as CSV (RFC 4180). */
export function toCsv(columns: string[], rows: unknown[][]): string {
  return [columns, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}

/** Rows as a JSON array of objects. */
export function toJson(columns: string[], rows: unknown[][]): string {
  const objects = rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null])));
  return JSON.stringify(objects, null, 2);
}

/** Hands bytes to the browser as a file. */
export function save(name: string, file: Blob): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** Hands a text to the browser as a file. */
export function download(name: string, type: string, text: string): void {
  save(name, new Blob([text], { type }));
}

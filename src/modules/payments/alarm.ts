/** Says that a human has to look at something about money. */
export function alarm(message: string, facts: Readonly<Record<string, string | number | null>>): void {
  console.error(JSON.stringify({ level: 'error', message, ...facts }))
}

/** One that no other test has. */
export function freshNickname(): string {
  return `d${crypto.randomUUID().replaceAll('-', '').slice(0, 11)}`
}

/** Tests share the simulator, so each has orders, customers and cards of its own. */
export const newOrder = () => `test-${crypto.randomUUID()}`
export const newCustomer = () => crypto.randomUUID()

/** A card number whose last four digits say what becomes of charges (`GET /_sim`). Toss shows the first eight. */
export const newCard = (outcome: string) => `4${digits(7)}${digits(4)}${outcome}`

function digits(count: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(count)), (byte) => byte % 10).join('')
}

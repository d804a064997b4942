/** `{a,b}`, the text form of a Postgres array, to be cast to its type. Only for ids and numbers, which need no quotes. */
export const asArray = (values: readonly (string | number)[]): string => `{${values.join(',')}}`

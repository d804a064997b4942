/** Writes the text form of a Postgres array, `{a,b}`, which must be cast to its type. It is for ids and numbers only, because these need no quotes. */
export const asArray = (values: readonly (string | number)[]): string => `{${values.join(',')}}`

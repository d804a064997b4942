/** `{a,b}`, Postgres' own text form of an array: cast it to the type that is meant. For ids and numbers, which need no quotes. */
export const asArray = (values: readonly (string | number)[]): string => `{${values.join(',')}}`

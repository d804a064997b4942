/** Rules between the fields of a body, as JSON Schema for the document: `.meta({ allOf: [notBoth('birth_date', 'age_years')] })`. Null counts as absent. */

const isGiven = (...names: readonly string[]) => ({
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, { not: { type: 'null' } }])),
})

export const notBoth = (one: string, other: string) => ({ not: isGiven(one, other) })

export const together = (one: string, other: string) => ({
  anyOf: [isGiven(one, other), { not: { anyOf: [isGiven(one), isGiven(other)] } }],
})

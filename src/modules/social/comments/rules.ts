/** Deleted ones count as well. */
export const DAILY_MAX = 200
export const CONTENT_MAX = 500

/** An empty line between paragraphs stays, and more of them become one. */
export const withFewEmptyLines = (text: string): string => text.replaceAll(/\n(?:[^\S\n]*\n){2,}/g, '\n\n')

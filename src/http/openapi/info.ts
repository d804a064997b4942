export const VERSION = '1.0.0'
export const DESCRIPTION = ''
export const TAGS: object[] = []

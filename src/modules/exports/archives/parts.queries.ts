import { ownParts } from './own-parts.queries.ts'
import type { Part } from './part.queries.ts'
import { recordParts } from './record-parts.queries.ts'
import { socialParts } from './social-parts.queries.ts'

/** Every file of rows, in the order in which an archive has them and restoring reads them. */
export const parts: readonly Part[] = [...ownParts, ...socialParts, ...recordParts]

/** What a file is called that continues another. The first volume is number 0. */
export const volumeName = (file: string, volume: number): string => (volume === 0 ? file : file.replace('.', `-${volume + 1}.`))

/** An archive beyond either fails with `too_large`. Readers without zip64 read up to 4 GB and 65,535 files. */
export const BYTES_MAX = 2 * 1024 ** 3
export const FILES_MAX = 50_000
/** A file of rows that has become so long is continued in another. */
export const VOLUME_BYTES = 8 * 1024 ** 2
/** A slice ends when it has written so much. With one recording or photo more (at most 20 MB) it stays far below 128 MB of memory. */
export const SLICE_BYTES = 12 * 1024 ** 2
/** What GPX of a slice may come to before it is deflated: about a second of CPU. */
export const SLICE_TEXT_BYTES = 24 * 1024 ** 2
/** Of one trip. Rows of most files have less than a kilobyte, and details of a walk about thirty. */
export const ROWS_A_TRIP = 2_000
export const DETAILS_A_TRIP = 150

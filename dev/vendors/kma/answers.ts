/** An answer of KMA. Without a body it says only what is wrong. */
export function refuse(resultCode: string, resultMsg: string): object {
  return { response: { header: { resultCode, resultMsg } } }
}

export const NO_DATA = refuse('03', 'NO_DATA')

/** A page of rows. A page beyond the last has no data. */
export function pageOf(rows: readonly object[], query: Readonly<Record<string, string>>): object {
  const [pageNo, numOfRows] = [numberOf(query['pageNo'], 1), numberOf(query['numOfRows'], 10)]
  const item = rows.slice((pageNo - 1) * numOfRows, pageNo * numOfRows)
  if (item.length === 0) return NO_DATA
  const dataType = (query['dataType'] ?? 'XML').toUpperCase()
  return {
    response: {
      header: { resultCode: '00', resultMsg: 'NORMAL_SERVICE' },
      body: { dataType, items: { item }, pageNo, numOfRows, totalCount: rows.length },
    },
  }
}

function numberOf(text: string | undefined, otherwise: number): number {
  const number = Number(text)
  return Number.isInteger(number) && number > 0 ? number : otherwise
}

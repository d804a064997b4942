/** Kinds of places that are kept: their name, and the sign on the map. */
export const KINDS = {
  hospital: ['동물병원', '병'],
  pharmacy: ['동물약국', '약'],
  park: ['공원', '공'],
  dog_run: ['반려견 놀이터', '놀'],
  beach: ['해변', '해'],
  mountain: ['산', '산'],
}
/** Kinds that only a search finds. */
const OTHERS = { cafe: '카페', other: '장소' }

export const kindOf = (category) => KINDS[category]?.[0] ?? OTHERS[category]

import type { PlaceSource } from './kinds.ts'
import type { Attribution } from './schema.ts'

const MOIS = '행정안전부'
const OPEN_LICENCE = '공공누리'

/** What each source wants to be told about it. */
const ATTRIBUTIONS: Readonly<Record<PlaceSource, Omit<Attribution, 'source'>>> = {
  seed: { name: '멍이랑 산책 명소', publisher: '멍이랑', license: null, url: null },
  hospitals: {
    name: '동물병원 인허가 정보',
    publisher: MOIS,
    license: OPEN_LICENCE,
    url: 'https://www.data.go.kr/data/15154952/openapi.do',
  },
  pharmacies: {
    name: '동물약국 인허가 정보',
    publisher: MOIS,
    license: OPEN_LICENCE,
    url: 'https://www.data.go.kr/data/15155272/openapi.do',
  },
  parks: {
    name: '전국도시공원정보표준데이터',
    publisher: '지방자치단체',
    license: OPEN_LICENCE,
    url: 'https://www.data.go.kr/data/15012890/standard.do',
  },
  kakao: { name: '카카오맵', publisher: '카카오', license: null, url: 'https://map.kakao.com' },
}

/** Of the sources that an answer is made of, each once, in a fixed order. */
export function attributionsOf(sources: Iterable<PlaceSource>): Attribution[] {
  const used = new Set(sources)
  return (Object.keys(ATTRIBUTIONS) as PlaceSource[])
    .filter((source) => used.has(source))
    .map((source) => ({ source, ...ATTRIBUTIONS[source] }))
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { haversineM } from '../../src/core/geo.ts'
import { fromKoreanTm, type KoreanTm, placeOfLicence } from '../../src/core/korean-tm.ts'
import { toGrid } from '../../src/core/grid.ts'
import { BESSEL_1841, createTransverseMercator, GRS_80 } from '../../src/core/transverse-mercator.ts'

/** Pairs that others have published, with how far they may be off: addresses were geocoded by others, and controls have four decimals. */
const FACTS: [srs: KoreanTm, x: number, y: number, lat: number, lng: number, withinM: number, what: string][] = [
  [5174, 187381.282564181, 441908.62126562, 37.47927, 126.85812, 2, '광명온동물병원'],
  [5174, 202875.328642756, 445077.204272347, 37.5079, 127.03331, 2, 'a licence in Nonhyeon'],
  [5174, 197986.74550655705, 451579.85095634527, 37.5665, 126.978, 0.2, 'Seoul'],
  [5174, 389004.19066283514, 188683.78154512797, 35.1796, 129.0756, 0.2, 'Busan'],
  [5174, 156361.1017044267, 450.9819068313227, 33.4996, 126.5312, 0.2, 'Jeju City, where y is below 1,000'],
  [5174, 200000, 500000, 38.002746, 127.000784, 0.2, 'the origin of the belt'],
  [5174, 159000, -27000, 33.252208, 126.560847, 0.2, 'Seogwipo, where y is negative'],
  [5174, 197993.205677416, 456584.627065144, 37.611592, 126.978059, 0.2, '북악파크부페'],
  [5174, 344556.519, 264651.134, 35.871399, 128.6014, 0.2, 'a licence in Daegu'],
  [5181, 198056.367, 451885.031, 37.5665, 126.978, 0.01, 'the City Hall of Seoul'],
  [5181, 160710.37729270622, -4388.879299157299, 33.4533577, 126.5774068, 0.01, 'the sample in the documentation of Kakao'],
]

describe('a point of a Korean map', () => {
  it.each(FACTS)('%i %d %d lies at %d %d (within %d m): %s', (srs, x, y, lat, lng, withinM) => {
    const place = fromKoreanTm(x, y, srs)
    expect(haversineM(place.lat, place.lng, lat, lng)).toBeLessThan(withinM)
  })

  it('leads back to the place it was made of', () => {
    const inKorea = fc.record({ lat: fc.double({ min: 32, max: 43, noNaN: true }), lng: fc.double({ min: 124, max: 132, noNaN: true }) })
    const onBessel = createTransverseMercator({ ellipsoid: BESSEL_1841, scale: 1, origin: { lat: 38, lng: 127, x: 200_000, y: 500_000 } })
    const onGrs = createTransverseMercator({ ellipsoid: GRS_80, scale: 1, origin: { lat: 38, lng: 127, x: 200_000, y: 500_000 } })
    fc.assert(
      fc.property(inKorea, (place) => {
        const grid = toGrid(place)!
        const point = onGrs.toMap(place)
        const back = [fromKoreanTm(grid.x, grid.y, 5179), fromKoreanTm(point.x, point.y, 5181), onBessel.fromMap(onBessel.toMap(place))]
        for (const { lat, lng } of back) expect(haversineM(lat, lng, place.lat, place.lng)).toBeLessThan(0.001)
      }),
    )
  })
})

describe('the coordinates of a licence', () => {
  it('may have blanks around them, a small y and a negative one', () => {
    expect(placeOfLicence('197993.205677416    ', ' 456584.627065144\t')).toMatchObject({ lat: expect.closeTo(37.611592, 5) })
    expect(placeOfLicence('156361.1017', '450.9819')).toMatchObject({ lat: expect.closeTo(33.4996, 4), lng: expect.closeTo(126.5312, 4) })
    expect(placeOfLicence('156361.1017', '0')).toMatchObject({ lat: expect.closeTo(33.4955, 3) })
    expect(placeOfLicence('159000', '-27000')).toMatchObject({ lat: expect.closeTo(33.2522, 4) })
    expect(placeOfLicence('159000.', '+0.5')).not.toBeNull()
  })

  it.each([
    ['', ''],
    ['   ', '\t'],
    [null, null],
    [undefined, undefined],
    ['0', '0'],
    ['0.0', '-0.000   '],
    ['197993.2', ''],
    ['', '456584.6'],
    ['197993.2', null],
    ['abc', '456584.6'],
    ['197993.2', '456584.6m'],
    ['0x30000', '456584.6'],
    ['197,993.2', '456,584.6'],
    ['Infinity', '456584.6'],
    ['NaN', 'NaN'],
    ['1e400', '456584.6'],
  ])('are missing when they are %j and %j', (x, y) => {
    expect(placeOfLicence(x, y)).toBeNull()
  })

  it.each([
    ['953898', '1952033', 'of another map'],
    ['99999999999999', '456584.6', 'off the map'],
    ['197993.2', '99999999999999', 'off the map'],
    ['-30000', '450000', 'in the Yellow Sea'],
    ['629000', '434000', 'at Dokdo'],
    ['-200000', '-200000', 'in the East China Sea'],
  ])('are wrong when they are %s and %s: %s', (x, y) => {
    expect(placeOfLicence(x, y)).toBeNull()
  })

  it('reach the islands', () => {
    for (const [x, y] of [
      ['544200', '447500'], // Ulleung
      ['-4500', '499000'], // Baengnyeong
      ['145000', '-42000'], // Gapa
    ] as const)
      expect(placeOfLicence(x, y)).not.toBeNull()
  })
})

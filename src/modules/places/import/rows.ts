import type { CityPark } from '../../../vendors/public-data/city-parks.ts'
import type { Licence } from '../../../vendors/public-data/licences.ts'
import type { PlaceKind } from '../kinds.ts'

/** A row of a register as it is kept. The keys are those of the table. */
export interface PlaceRow {
  readonly source_key: string
  readonly kind: PlaceKind
  readonly name: string
  readonly is_open: boolean
  readonly is_riverside: boolean
  readonly lat: number | null
  readonly lng: number | null
  readonly road_address: string | null
  readonly lot_address: string | null
  readonly phone: string | null
  readonly licensed_on: string | null
  readonly closed_on: string | null
  readonly source_x: string | null
  readonly source_y: string | null
  readonly source_updated_at: string | null
}

export function rowOfLicence(kind: 'hospital' | 'pharmacy', licence: Licence): PlaceRow | null {
  const name = nameOf(licence.name)
  return name === ''
    ? null
    : {
        source_key: licence.key,
        kind,
        name,
        is_open: licence.status === 'open' && licence.closed_on === null,
        is_riverside: false,
        lat: licence.location?.lat ?? null,
        lng: licence.location?.lng ?? null,
        road_address: licence.road_address,
        lot_address: licence.lot_address,
        phone: licence.phone,
        licensed_on: licence.licensed_on,
        closed_on: licence.closed_on,
        source_x: licence.x_text,
        source_y: licence.y_text,
        source_updated_at: licence.updated_at,
      }
}

export function rowOfPark(park: CityPark): PlaceRow | null {
  const name = nameOf(park.name)
  return name === ''
    ? null
    : {
        source_key: park.key,
        kind: isDogRun(name) ? 'dog_run' : 'park',
        name,
        is_open: true,
        is_riverside: isRiverside(name, park.kind),
        lat: park.location?.lat ?? null,
        lng: park.location?.lng ?? null,
        road_address: park.road_address,
        lot_address: park.lot_address,
        phone: park.phone,
        licensed_on: null,
        closed_on: null,
        source_x: null,
        source_y: null,
        source_updated_at: park.updated_on && `${park.updated_on}T00:00:00+09:00`,
      }
}

const nameOf = (text: string): string => text.normalize('NFC').replaceAll(/\s+/g, ' ').trim()

/** 놀이터 alone is a children's playground, which is no place for dogs. */
const DOG_RUN = /(반려견|반려동물|애견|강아지|댕댕이?)\s?(놀이터|놀이마당|운동장|쉼터|공원|파크)|펫\s?파크|도그\s?파크/
const isDogRun = (name: string): boolean => DOG_RUN.test(name)

const RIVERSIDE = /한강|천변|강변|강가|수변|하천|둔치|고수부지|나루터?공원/
/** Parks whose name or kind says that water may reach them. A lake's park (호수공원) does not flood with the rain. */
const isRiverside = (name: string, kind: string | null): boolean => RIVERSIDE.test(name) || kind?.includes('수변') === true

/** What Kakao is asked: the road and its number, without the floor and the name of the neighbourhood that follow. */
export const addressToAsk = (address: string): string => (address.split(/[,(]/)[0] ?? '').trim()

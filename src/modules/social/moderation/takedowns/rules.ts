import { uuidSchema } from '../../../../core/fields.ts'

/** What an address of this service says that it shows. */
export interface Pointed {
  readonly walk_id: string | null
  readonly meetup_id: string | null
  readonly course_id: string | null
  /** Of a shared page. */
  readonly token: string | null
  /** Of a photo, also where the address is a thumbnail's. */
  readonly object_key: string | null
}

const THUMBNAIL = /_(200|400)(\.\w+)$/

/** Reads the path alone, because the same thing stands on the site, in the app and in this API. */
export function readAddress(url: string | undefined): Pointed {
  const path = url === undefined ? '' : pathOf(url)
  const meetup = uuidSchema.safeParse(/(?:^|\/)meetups\/([^/]+)/.exec(path)?.[1]).data
  const course = uuidSchema.safeParse(/(?:^|\/)courses\/([^/]+)/.exec(path)?.[1]).data
  const walk = uuidSchema.safeParse(/(?:^|\/)walks\/([^/]+)/.exec(path)?.[1]).data
  const token = /(?:^|\/)(?:s|share)\/([\w-]+)/.exec(path)?.[1]
  const photo = /(?:^|\/)media\/([\w./-]+)$/.exec(path)?.[1]
  return {
    walk_id: walk ?? null,
    meetup_id: meetup ?? null,
    course_id: course ?? null,
    token: token ?? null,
    object_key: photo?.replace(THUMBNAIL, '$2') ?? null,
  }
}

function pathOf(url: string): string {
  const known = URL.parse(url)
  // The app's own addresses (withbowwow://walks/…) have their first word where others have a host.
  return known ? `${known.protocol.startsWith('http') ? '' : known.host}${known.pathname}` : url
}

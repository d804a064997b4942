export const platforms = ['ios', 'android'] as const
export type Platform = (typeof platforms)[number]

/** The app on one platform, as the configuration has it. */
export interface AppOn {
  /** The app's number in the App Store, or its package on Google Play. Null before it is published there. */
  readonly store_id: string | null
  readonly minimum_version: string | null
  readonly latest_version: string | null
}

export interface Apps extends Readonly<Record<Platform, AppOn>> {
  /** The whole ids (`TEAM.bundle`) of iOS apps that may open this origin's links. */
  readonly ios_link_ids: readonly string[]
  /** SHA-256 of the certificates with which the Android app is signed. */
  readonly android_fingerprints: readonly string[]
  readonly support: { readonly email: string | null; readonly url: string | null }
}

/** Deep links of the app begin with it. Only an installed app answers them. */
export const APP_SCHEME = 'withbowwow'

const STORES: Readonly<Record<Platform, string>> = {
  ios: 'https://apps.apple.com/kr/app/id',
  android: 'https://play.google.com/store/apps/details?id=',
}

/** Where the app can be had, or null before it is published. */
export function storeUrl(apps: Pick<Apps, Platform>, platform: Platform): string | null {
  const { store_id } = apps[platform]
  return store_id && `${STORES[platform]}${store_id}`
}

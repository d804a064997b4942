import { APP_SCHEME, type Apps, type Platform, storeUrl } from '../../core/apps.ts'

export type Device = 'iphone' | 'mac' | 'android' | 'other'

/** An iPad asks as a Mac, so whatever looks like a Mac is sent to no store but Apple's. */
export function deviceOf(userAgent: string): Device {
  if (/\b(iPhone|iPad|iPod)\b/.test(userAgent)) return 'iphone'
  if (/\bMacintosh\b/.test(userAgent)) return 'mac'
  return /\bAndroid\b/.test(userAgent) ? 'android' : 'other'
}

interface Way {
  readonly label: string
  readonly href: string
}

/** How somebody gets from the page into the app. */
export interface Ways {
  /** The first is the one to press. All of them lead somewhere on this device. */
  readonly buttons: readonly Way[]
  /** Said where there is no app for this device. */
  readonly note: string | null
}

const STORES: Readonly<Record<Platform, string>> = { ios: 'App Store', android: 'Google Play' }

/** `token` is null where there is no walk to open. */
export function waysIntoApp(apps: Apps, device: Device, token: string | null): Ways {
  const store = (platform: Platform, label: string): Way[] => {
    const href = storeUrl(apps, platform)
    return href ? [{ label, href }] : []
  }
  if (device === 'android') {
    const play = store('android', STORES.android)
    const open = token && apps.android.store_id ? [{ label: '멍이랑 앱에서 보기', href: intentUrl(apps, token) }] : []
    return { buttons: [...open, ...play], note: play.length > 0 ? null : '안드로이드 앱은 준비 중이에요.' }
  }
  if (device === 'other') {
    const both = [...store('ios', STORES.ios), ...store('android', STORES.android)]
    return { buttons: both, note: both.length > 0 ? null : '앱은 준비 중이에요.' }
  }
  // A deep link opens nothing without the app, and a page cannot ask whether it is there. So the store comes first, which opens the app as well.
  const appStore = store('ios', 'App Store에서 열기')
  const direct = token && appStore.length > 0 ? [{ label: '앱이 있으면 바로 보기', href: deepLink(token) }] : []
  return { buttons: [...appStore, ...direct], note: appStore.length > 0 ? null : '아이폰 앱은 준비 중이에요.' }
}

/** It says no more than the page's own address. */
export const deepLink = (token: string): string => `${APP_SCHEME}://share/${encodeURIComponent(token)}`

/** Opens the app, or Google Play where it is not installed. */
function intentUrl(apps: Apps, token: string): string {
  const fallback = encodeURIComponent(storeUrl(apps, 'android') ?? '')
  return `intent://share/${encodeURIComponent(token)}#Intent;scheme=${APP_SCHEME};package=${apps.android.store_id};S.browser_fallback_url=${fallback};end`
}

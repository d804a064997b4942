import { defaultSettings, type Settings, type StoredSettings } from './schema.ts'

/** The stored settings over the defaults. */
export function completeSettings(stored: StoredSettings): Settings {
  return {
    ...defaultSettings,
    ...stored,
    notifications: { ...defaultSettings.notifications, ...stored.notifications },
    quiet_hours: { ...defaultSettings.quiet_hours, ...stored.quiet_hours },
    share_page: { ...defaultSettings.share_page, ...stored.share_page },
    reminder: { ...defaultSettings.reminder, ...stored.reminder },
  }
}

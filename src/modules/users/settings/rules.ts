import { defaultSettings, type Settings, type StoredSettings } from './schema.ts'

/** What somebody has changed, over what stands for everybody. */
export function completeSettings(stored: StoredSettings): Settings {
  return {
    ...defaultSettings,
    ...stored,
    notifications: { ...defaultSettings.notifications, ...stored.notifications },
    quiet_hours: { ...defaultSettings.quiet_hours, ...stored.quiet_hours },
    reminder: { ...defaultSettings.reminder, ...stored.reminder },
  }
}

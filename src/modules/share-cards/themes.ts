export const themes = ['basic', 'dark', 'season'] as const
export type Theme = (typeof themes)[number]
export type Season = 'spring' | 'summer' | 'autumn' | 'winter'

export interface Palette {
  /** The background's gradient, from top to bottom. */
  readonly background: readonly [string, string]
  readonly panel: string
  readonly panelLine: string
  readonly dots: string
  readonly ink: string
  readonly muted: string
  /** The route's gradient, from left to right. */
  readonly route: readonly [string, string]
  readonly halo: string
  /** A badge's background and text. The page's button has them the other way round. */
  readonly pill: string
  readonly pillInk: string
  /** The shape that is scattered over the background. */
  readonly motif: 'paw' | 'star' | 'petal' | 'sun' | 'leaf' | 'snow'
  readonly motifFill: string
}

const BASIC: Palette = {
  background: ['#FFF8EF', '#FFE4C7'],
  panel: '#FFFFFF',
  panelLine: '#F6DFC4',
  dots: '#F4E4D0',
  ink: '#38271B',
  muted: '#7A5A43',
  route: ['#FF8A3D', '#F4476B'],
  halo: '#FFE9DA',
  pill: '#FFFFFF',
  pillInk: '#C2451C',
  motif: 'paw',
  motifFill: '#FFD9B0',
}

const DARK: Palette = {
  background: ['#1B1F2E', '#0E1018'],
  panel: '#232839',
  panelLine: '#343B52',
  dots: '#31374C',
  ink: '#F7F5F0',
  muted: '#9AA3BD',
  route: ['#FFD36E', '#FF7A59'],
  halo: '#3A3446',
  pill: '#2B3146',
  pillInk: '#FFD36E',
  motif: 'star',
  motifFill: '#3B4360',
}

const SEASONS: Readonly<Record<Season, Palette>> = {
  spring: {
    background: ['#FFF3F6', '#FFD3DF'],
    panel: '#FFFFFF',
    panelLine: '#FBD5E0',
    dots: '#FBE3EA',
    ink: '#4A2233',
    muted: '#8A4F67',
    route: ['#FF8FB1', '#E0507F'],
    halo: '#FFE6EE',
    pill: '#FFFFFF',
    pillInk: '#C2305E',
    motif: 'petal',
    motifFill: '#FFB7CB',
  },
  summer: {
    background: ['#E9FAFF', '#9EDDF2'],
    panel: '#FFFFFF',
    panelLine: '#C4EAF5',
    dots: '#D9F2F9',
    ink: '#0E3A4A',
    muted: '#2A5D6E',
    route: ['#00B3C6', '#2473D9'],
    halo: '#DDF5FB',
    pill: '#FFFFFF',
    pillInk: '#0A6C8E',
    motif: 'sun',
    motifFill: '#FFE28A',
  },
  autumn: {
    background: ['#FFF4E3', '#F6C58C'],
    panel: '#FFFBF4',
    panelLine: '#F0D3A8',
    dots: '#F3E1C5',
    ink: '#43230F',
    muted: '#6E4722',
    route: ['#E8912D', '#B8341B'],
    halo: '#FBE6CB',
    pill: '#FFFBF4',
    pillInk: '#A83E16',
    motif: 'leaf',
    motifFill: '#EB9B4B',
  },
  winter: {
    background: ['#F3F7FF', '#C4D6F5'],
    panel: '#FFFFFF',
    panelLine: '#D5E1F6',
    dots: '#E1EAF8',
    ink: '#1D2A4A',
    muted: '#47577F',
    route: ['#5B8DEF', '#7A4FD6'],
    halo: '#E4EBFB',
    pill: '#FFFFFF',
    pillInk: '#4A5FC1',
    motif: 'snow',
    motifFill: '#FFFFFF',
  },
}

export function paletteOf(theme: Theme, season: Season): Palette {
  if (theme === 'dark') return DARK
  return theme === 'season' ? SEASONS[season] : BASIC
}

/** The season of a Seoul day (`YYYY-MM-DD`). */
export function seasonOf(day: string): Season {
  const month = Number(day.slice(5, 7))
  if (month >= 3 && month <= 5) return 'spring'
  if (month >= 6 && month <= 8) return 'summer'
  return month >= 9 && month <= 11 ? 'autumn' : 'winter'
}

/** The row of `weather_sources`. */
export const SOURCE = 'uv'

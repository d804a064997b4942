-- The nearest places of each kind that are shown. One index over all kinds would read thousands of parks to find twenty places of a rare kind.
CREATE INDEX places_near_park ON places USING gist (location)
  WHERE kind = 'park' AND is_open AND duplicate_of IS NULL AND location IS NOT NULL;
CREATE INDEX places_near_dog_run ON places USING gist (location)
  WHERE kind = 'dog_run' AND is_open AND duplicate_of IS NULL AND location IS NOT NULL;
CREATE INDEX places_near_hospital ON places USING gist (location)
  WHERE kind = 'hospital' AND is_open AND duplicate_of IS NULL AND location IS NOT NULL;
CREATE INDEX places_near_pharmacy ON places USING gist (location)
  WHERE kind = 'pharmacy' AND is_open AND duplicate_of IS NULL AND location IS NOT NULL;
CREATE INDEX places_near_beach ON places USING gist (location)
  WHERE kind = 'beach' AND is_open AND duplicate_of IS NULL AND location IS NOT NULL;
CREATE INDEX places_near_mountain ON places USING gist (location)
  WHERE kind = 'mountain' AND is_open AND duplicate_of IS NULL AND location IS NOT NULL;

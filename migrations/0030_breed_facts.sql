-- What a body makes of the weather: facts of a breed, and facts that only the owner knows.
SET LOCAL lock_timeout = '5s';

ALTER TABLE breeds
  ADD COLUMN is_brachycephalic boolean NOT NULL DEFAULT false,
  ADD COLUMN has_double_coat boolean NOT NULL DEFAULT false, -- a thick undercoat
  ADD COLUMN has_thin_coat boolean NOT NULL DEFAULT false, -- or none
  ADD COLUMN has_white_coat boolean NOT NULL DEFAULT false;

ALTER TABLE pets
  ADD COLUMN is_overweight boolean NOT NULL DEFAULT false,
  ADD COLUMN has_heart_or_lung_condition boolean NOT NULL DEFAULT false;

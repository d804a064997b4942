-- The cell of a place on KMA's grid, as `toKmaCell` of core/kma-grid.ts works it out: a Lambert conformal conic map of a sphere. It has no bounds.
CREATE OR REPLACE FUNCTION kma_cell(lat double precision, lng double precision, OUT nx smallint, OUT ny smallint)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  radius CONSTANT double precision := 6371.00877 / 5;
  cone CONSTANT double precision := ln(cosd(30) / cosd(60)) / ln(tand(75) / tand(60));
  scale CONSTANT double precision := tand(60) ^ cone * cosd(30) / cone;
  from_pole CONSTANT double precision := radius * scale / tand(45 + lat / 2) ^ cone;
  origin CONSTANT double precision := radius * scale / tand(64) ^ cone;
  angle CONSTANT double precision := (lng - 126) * cone;
BEGIN
  nx := floor(from_pole * sind(angle) + 43.5);
  ny := floor(origin - from_pole * cosd(angle) + 136.5);
END
$$;

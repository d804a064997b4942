-- What an owner set on the pet itself, which stands again when the last weight record is deleted. Until now nobody kept it apart from what the records said.
SET LOCAL lock_timeout = '5s';

ALTER TABLE pets ADD COLUMN stated_weight_kg numeric(4, 1);
UPDATE pets SET stated_weight_kg = weight_kg WHERE weight_kg IS NOT NULL;

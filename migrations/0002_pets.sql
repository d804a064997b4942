-- Breeds, pets and their health records.
SET LOCAL lock_timeout = '5s';

CREATE TYPE pet_species AS ENUM ('dog', 'cat', 'other');
CREATE TYPE pet_size AS ENUM ('small', 'medium', 'large');

CREATE TABLE breeds (
  code text PRIMARY KEY,
  species pet_species NOT NULL,
  name text NOT NULL,
  name_en text NOT NULL,
  size pet_size, -- NULL where the breed says nothing of it, such as a mix
  aliases text[] NOT NULL DEFAULT '{}',
  sort_order int NOT NULL
);

CREATE TABLE pets (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 10),
  species pet_species NOT NULL,
  breed_code text REFERENCES breeds (code), -- NULL where the breed is free text or unknown
  breed text,
  chosen_size pet_size, -- overrides what breed and weight say
  birth_date date,
  is_birth_date_approximate boolean NOT NULL DEFAULT false,
  weight_kg numeric(4, 1) CHECK (weight_kg BETWEEN 0.1 AND 120),
  is_placeholder boolean NOT NULL DEFAULT false,
  is_primary boolean NOT NULL DEFAULT false,
  request_hash text NOT NULL, -- of the request that made it; tells a repeat from a clash
  created_at timestamptz NOT NULL,
  archived_at timestamptz -- deleted by its owner; one with walks stays for their sake, another is purged
);
CREATE INDEX pets_user ON pets (user_id, created_at) WHERE archived_at IS NULL;
CREATE INDEX pets_archived ON pets (archived_at) WHERE archived_at IS NOT NULL;
CREATE UNIQUE INDEX pets_one_primary ON pets (user_id) WHERE is_primary AND archived_at IS NULL;

-- What a pet counts as: the owner's word, else the breed's size, else its weight.
CREATE FUNCTION pet_size_of(chosen pet_size, breed_size pet_size, weight_kg numeric) RETURNS pet_size
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(chosen, breed_size, CASE
    WHEN weight_kg < 10 THEN 'small'::pet_size
    WHEN weight_kg < 25 THEN 'medium'::pet_size
    WHEN weight_kg >= 25 THEN 'large'::pet_size
  END)
$$;

CREATE TYPE health_record_type AS ENUM ('weight', 'vaccination', 'hospital_visit');
CREATE TABLE health_records (
  id uuid PRIMARY KEY,
  pet_id uuid NOT NULL REFERENCES pets (id) ON DELETE CASCADE,
  record_type health_record_type NOT NULL,
  record_date date NOT NULL,
  value_numeric numeric(4, 1), -- kg
  title text CHECK (char_length(title) BETWEEN 1 AND 100),
  memo text CHECK (char_length(memo) <= 1000),
  next_date date,
  request_hash text NOT NULL,
  created_at timestamptz NOT NULL,
  deleted_at timestamptz,
  CONSTRAINT health_records_weight CHECK ((record_type = 'weight') = (value_numeric IS NOT NULL) AND value_numeric BETWEEN 0.1 AND 120),
  CONSTRAINT health_records_vaccination CHECK (record_type <> 'vaccination' OR title IS NOT NULL),
  CONSTRAINT health_records_next_date CHECK (next_date >= record_date)
);
CREATE INDEX health_records_pet ON health_records (pet_id, record_date DESC, id) WHERE deleted_at IS NULL;
CREATE INDEX health_records_deleted ON health_records (deleted_at) WHERE deleted_at IS NOT NULL;

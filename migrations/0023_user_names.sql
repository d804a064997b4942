-- The names by which people are found: nicknames, and the names of pets.
SET LOCAL lock_timeout = '5s';

CREATE TYPE name_kind AS ENUM ('nickname', 'pet');

-- The names of those who can be found, once as they are typed and once by their initials. `fold_user_names` writes all rows of a person. `key` is generated in the
-- folder `after`, because it needs a function.
CREATE TABLE user_names (
  user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind name_kind NOT NULL,
  source_id uuid NOT NULL, -- the person, or the pet
  is_initials boolean NOT NULL,
  name text NOT NULL,
  dong_code text, -- as others may know the home; NULL in the country and where only the sigungu is known
  sigungu_code text,
  PRIMARY KEY (source_id, is_initials)
);

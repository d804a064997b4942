-- frozen: `user_names.key` is generated from it.
-- A name as the keys of a Korean keyboard that write it: 초코 is ㅊㅗㅋㅗ. Whatever stands in the field while somebody types a name (초, 촠, 초ㅋ) is then a beginning of it. The
-- final of a syllable and the first consonant of the next one are one key, and ㄳ and ㅘ are two. Initials are the first consonants alone: ㅊㅋ. A query goes through
-- the same function as a name, so that both are spelt alike. No name that the product takes reaches 64 keys of initials or letters, and none breaks a cursor.
CREATE OR REPLACE FUNCTION name_key(name text, is_initials boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  key text := normalize(lower(replace(name, ' ', '')), NFD);
  pair text;
BEGIN
  IF is_initials THEN
    key := regexp_replace(key, '[\u1161-\u11FF]', '', 'g');
  END IF;
  key := translate(
    key,
    E'\u1100\u1101\u1102\u1103\u1104\u1105\u1106\u1107\u1108\u1109\u110A\u110B\u110C\u110D\u110E\u110F\u1110\u1111\u1112'
      '\u1161\u1162\u1163\u1164\u1165\u1166\u1167\u1168\u1169\u116A\u116B\u116C\u116D\u116E\u116F\u1170\u1171\u1172\u1173\u1174\u1175'
      '\u11A8\u11A9\u11AA\u11AB\u11AC\u11AD\u11AE\u11AF\u11B0\u11B1\u11B2\u11B3\u11B4\u11B5\u11B6\u11B7\u11B8\u11B9\u11BA\u11BB\u11BC\u11BD\u11BE\u11BF\u11C0\u11C1\u11C2',
    'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'
      'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ'
      'ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ'
  );
  IF key ~ '[ㄳㄵㄶㄺ-ㅀㅄㅘ-ㅚㅝ-ㅟㅢ]' THEN
    FOREACH pair IN ARRAY ARRAY[
      'ㄳㄱㅅ', 'ㄵㄴㅈ', 'ㄶㄴㅎ', 'ㄺㄹㄱ', 'ㄻㄹㅁ', 'ㄼㄹㅂ', 'ㄽㄹㅅ', 'ㄾㄹㅌ', 'ㄿㄹㅍ', 'ㅀㄹㅎ', 'ㅄㅂㅅ',
      'ㅘㅗㅏ', 'ㅙㅗㅐ', 'ㅚㅗㅣ', 'ㅝㅜㅓ', 'ㅞㅜㅔ', 'ㅟㅜㅣ', 'ㅢㅡㅣ'
    ] LOOP
      key := replace(key, left(pair, 1), right(pair, 2));
    END LOOP;
  END IF;
  RETURN left(key, 64);
END
$$;

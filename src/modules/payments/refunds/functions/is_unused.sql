-- Whether somebody has done nothing with what they have bought since then, as far as it left something behind. Of premium that is a card in a theme of premium, a rest day
-- and a badge of premium, of a theme a card in it. Badge packs and outfits leave nothing behind.
-- Toss tells whole seconds, so what was done in the second of the payment may have been done before it.
CREATE OR REPLACE FUNCTION is_unused(of_user uuid, of_product text, since timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT NOT EXISTS (
             SELECT 1
             FROM share_links
             JOIN walks ON walks.id = share_links.walk_id
             WHERE walks.user_id = of_user AND share_links.created_at >= since + interval '1 second'
               AND CASE products.kind
                 WHEN 'subscription' THEN share_links.theme <> 'basic'
                 WHEN 'theme' THEN products.id = 'com.withbowwow.theme.' || share_links.theme
                 ELSE false
               END
           )
           AND (products.kind <> 'subscription' OR NOT EXISTS (SELECT 1 FROM rest_days WHERE rest_days.user_id = of_user AND rest_days.day >= streak_day(since)))
           AND (products.kind <> 'subscription' OR NOT EXISTS (
             SELECT 1
             FROM user_badges
             JOIN badges ON badges.id = user_badges.badge_id
             WHERE user_badges.user_id = of_user AND badges.tier <> 'free' AND user_badges.earned_at >= since + interval '1 second'
           ))
    FROM products
    WHERE products.id = of_product
  );
END
$$;

-- The top of this week's board of somebody's dong, or of their sigungu where fewer than three have walked in the dong. NULL without a home.
CREATE OR REPLACE FUNCTION home_board(for_viewer uuid, of_period text, period_before text, most int, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  board jsonb := board_page(for_viewer, of_period, period_before, true, 'dong', NULL, NULL, NULL, NULL, NULL, most, at);
BEGIN
  IF board ->> 'scope' = 'dong' AND (board ->> 'participants')::int < 3 THEN
    board := board_page(for_viewer, of_period, period_before, true, 'sigungu', NULL, NULL, NULL, NULL, NULL, most, at);
  END IF;
  RETURN board;
END
$$;

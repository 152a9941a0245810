"""The one statement that counts a request, for both databases."""

UPSERT = """
    INSERT INTO rates (org_id, span, taken) VALUES ({org_id}, {span}, 1)
    ON CONFLICT (org_id) DO UPDATE SET
        taken = CASE WHEN rates.span BETWEEN excluded.span AND excluded.span + 1 THEN rates.taken + 1 ELSE 1 END,
        span = CASE WHEN rates.span BETWEEN excluded.span AND excluded.span + 1 THEN rates.span ELSE excluded.span END
    RETURNING span, taken
"""
"""``{org_id}`` and ``{span}`` stand for the parameters: a side, and the number of the minute."""

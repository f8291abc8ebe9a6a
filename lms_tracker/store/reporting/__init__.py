"""Kept totals, the indicator register, figures, plans and reports, as rows."""

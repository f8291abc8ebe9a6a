"""Pages of statistics, figures, plans and reports."""

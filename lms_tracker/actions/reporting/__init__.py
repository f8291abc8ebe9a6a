"""What is counted, planned and reported: totals, figures, plans, calls for reports."""

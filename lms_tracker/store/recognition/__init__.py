"""Criteria sets, rounds, assessments, decisions and what became of them, as rows."""

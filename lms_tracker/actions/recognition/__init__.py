"""What happens in the yearly recognition: criteria, rounds, assessments, decisions, honours."""

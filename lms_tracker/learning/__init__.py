"""What the tracker knows: courses, credit, criteria, records. Pure: no web, no database, no clock."""

"""What recognition knows: criteria, what points and members come to, the words of its papers. Pure."""

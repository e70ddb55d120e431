"""What people prefer: typed, one row each."""

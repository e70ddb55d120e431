"""What the admin's front page asks and says, and where apps contribute to it."""

"""Messages to people, their copies by e-mail, and the reminders that are sent automatically."""

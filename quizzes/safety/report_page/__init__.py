"""The page of safety completion in the admin: figures, pictures, people, reminders, files."""

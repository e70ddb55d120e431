"""Managing places: imported, archived, merged."""

"""How far users are with each tcode."""

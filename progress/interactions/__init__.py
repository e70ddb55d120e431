"""The log of what users do, and the types of interactions it takes."""

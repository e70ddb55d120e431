"""How dates and times are written on pages: one way everywhere (``FORMAT_MODULE_PATH``)."""

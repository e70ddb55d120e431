"""The workshop: tcodes, packages, and the subscriptions that open them."""

"""The plain peer: the same answers as a typical developer writes them with Django and DRF.

Model viewsets and serializers, JWT authentication that loads the user, ``update_or_create``, prefetching, the
usual middlewares, a persistent connection. Its tables are ``tests.bench.least_tables``.
"""

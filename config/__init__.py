"""How the project is put together: settings, public paths, and the API's common shapes."""

"""How static files are stored where names carry a hash."""

from typing import Final

from whitenoise.storage import CompressedManifestStaticFilesStorage

MODULES: Final = "stepwise/*.js"
"""The JavaScript that is made of modules, and so is looked through for imports; that of libraries is not."""

_, _IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns


class StaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Compressed files with hashed names, in the ``import`` lines of JavaScript modules too."""

    # Else a module's new version would go on importing the old, cached version of its neighbours.
    # Two rules follow: modules never import each other in a circle, and an import ends in a semicolon.
    patterns = (*CompressedManifestStaticFilesStorage.patterns, (MODULES, _IMPORTS))
    # One for each link of the longest chain of imports, and one to see that nothing changes any more.
    max_post_process_passes = 20

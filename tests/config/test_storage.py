"""Names of static files that carry a hash."""

import re
from fnmatch import fnmatch

from django.contrib.staticfiles.finders import get_finders

from config.storage import MODULES, StaticFilesStorage


def test_what_libraries_bring_imports_no_modules():
    """Else a new version of one would go on importing the old, cached version of another."""
    of_modules = dict(StaticFilesStorage.patterns)[MODULES]
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern, _template in of_modules]
    found = {True: set(), False: set()}
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=[]):
            if path.endswith(".js"):
                text = storage.open(path).read().decode()
                if any(pattern.search(text) for pattern in patterns):
                    found[fnmatch(path, MODULES)].add(path)
    assert found[True], "the patterns find none of ours either"
    assert found[False] == set()

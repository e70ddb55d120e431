#!/usr/bin/env python
"""Run a management command."""

import gc
import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    # A command keeps most of what it makes, its imports above all: garbage is looked for seldom.
    gc.set_threshold(50_000, 20, 20)
    execute_from_command_line(sys.argv)

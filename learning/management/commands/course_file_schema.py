"""``manage.py course_file_schema``: the JSON Schema that ``docs/course-file.schema.json`` holds."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from learning.tree.course_files.schema import schema


class Command(BaseCommand):
    help = "Write the JSON Schema of files of courses."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(schema(), indent=2))

"""``manage.py export_course TITLE --organization SLUG [--category TITLE] [--output FILE]``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from learning.models import Course
from learning.tree.course_files.exporting import JSON, ZIP, export_course
from tenancy.commands import scope_of
from tenancy.scope import scope_entered


class Command(BaseCommand):
    help = "Write a course with everything below it into one file, which import_course takes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("title", metavar="TITLE")
        parser.add_argument("--organization", metavar="SLUG", required=True, help="whose course it is")
        parser.add_argument("--category", metavar="TITLE", help="where several courses have this title")
        parser.add_argument(
            "--output",
            metavar="FILE",
            type=Path,
            help="where to; a name that ends in .zip makes tables of it (default: JSON on the output)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        output: Path | None = options["output"]
        with scope_entered(scope_of(options["organization"])):
            content = export_course(_found(options), ZIP if output and output.suffix == ".zip" else JSON)
        if output is None:
            self.stdout.write(content.decode(), ending="")
            return
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}.") from error


def _found(options: dict[str, Any]) -> Course:
    courses = Course.objects.writable().filter(title=options["title"]).select_related("category")
    if options["category"]:
        courses = courses.filter(category__title=options["category"])
    found = list(courses.order_by("pk")[:2])
    if len(found) != 1:
        raise CommandError(
            "There is no such course."
            if not found
            else "Several courses have this title: name the --category."
        )
    course: Course = found[0]
    return course
